import { SUBJECTS } from './cases';
import { startLocalHost } from './support/hosts';
import { INTENDED } from './support/intended-differences';
import { readIntended, readRecording, writeIntended } from './support/recordings';
import type { Seen } from './support/run-cases';
import { runSubjects } from './support/run-subjects';

// The local functions host says what the published Durable extension was recorded saying; where it is meant
// to differ, what it says is recorded too, and the reason stands in the list. `RECORD=1` records these.

const intended = readIntended();
const meant = new Set(INTENDED.flatMap(({ cases }) => cases));

let seen: Map<string, Seen>;
beforeAll(async () => {
  const host = await startLocalHost();
  seen = await runSubjects(host, process.env.SUBJECTS?.split(','));
  await host.close();
  if (!process.env.RECORD) return;
  writeIntended(Object.fromEntries([...meant].map((name) => [name, seen.get(name) ?? {}])));
});

describe.each(Object.entries(SUBJECTS))('%s', (subject, cases) => {
  const recording = readRecording(subject);
  test.each(Object.keys(cases))('%s', (name) => {
    expect(recording[name]).toBeDefined();
    expect(seen.get(name)).toEqual(meant.has(name) ? intended[name] : recording[name]);
  });
});

describe('the list of intended differences', () => {
  const recorded = Object.assign({}, ...Object.keys(SUBJECTS).map(readRecording));

  it.each(INTENDED)('has no case that does not differ: $reason', ({ cases }) => {
    for (const name of cases) expect([name, intended[name]]).not.toEqual([name, recorded[name]]);
  });

  it('is shorter than twelve', () => {
    expect(INTENDED.length).toBeLessThan(12);
    expect(Object.keys(intended).sort()).toEqual([...meant].sort());
  });
});
