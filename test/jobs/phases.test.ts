import fc from 'fast-check';
import { endPhases } from '../../src/jobs/job';

const time = fc
  .date({ noInvalidDate: true, min: new Date(0), max: new Date(4e12) })
  .map((at) => at.toISOString());

test('no phase ends before it began, whatever the clocks say', () => {
  fc.assert(
    fc.property(fc.array(time, { minLength: 1, maxLength: 5 }), time, (starts, at) => {
      const phases = starts.map((startedAt, index) => ({ phase: `phase-${index}`, startedAt }));
      for (const { startedAt, endedAt } of endPhases(phases, at)) {
        expect(Date.parse(endedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(startedAt));
      }
    }),
  );
});

test('a phase that has ended keeps its end', () => {
  const ended = { phase: 'a', startedAt: '2026-03-01T02:00:00Z', endedAt: '2026-03-01T02:00:01Z' };
  expect(endPhases([ended], '2026-03-01T03:00:00Z')).toEqual([ended]);
});
