import type { OrchestrationContext } from 'durable-functions';
import { durableTimer } from '../../../src/orchestration/steps/durable-timer';

/** When a timer that was made in an episode fires on Azure: after whole seconds from the episode's end. */
function firesAfter(seconds: number, episodeMs: number): number {
  const begun = Date.parse('2026-03-01T02:00:00.400Z');
  let fireAt = 0;
  const createTimer = (at: Date) => {
    fireAt = at.getTime();
  };
  durableTimer(
    { df: { currentUtcDateTime: new Date(begun), createTimer } } as unknown as OrchestrationContext,
    seconds,
  );
  const stored = begun + episodeMs;
  return (stored + Math.floor((fireAt - stored) / 1000) * 1000 - begun) / 1000;
}

test.each([0.25, 1, 2, 7.5, 60])(
  'a timer of %d s fires no sooner, though the engine fires early',
  (seconds) => {
    for (const episodeMs of [0, 1, 300, 999, 1_500]) {
      expect(firesAfter(seconds, episodeMs)).toBeGreaterThanOrEqual(seconds);
      expect(firesAfter(seconds, episodeMs)).toBeLessThanOrEqual(Math.ceil(seconds) + 1);
    }
  },
);
