import type { Case, Cases } from '../cases/case';
import { normalise } from './normalise';
import { type HostUnderTest, toolsFor } from './tools';

/** What a case has seen, by its own labels. */
export type Seen = Record<string, unknown>;

/** A case waits most of the time: for polls and timers of the engine. */
const LANES = 8;

/** Runs cases on a host, several at a time, and answers what each has seen. */
export async function runCases(host: HostUnderTest, cases: Cases, lanes = LANES): Promise<Map<string, Seen>> {
  const seen = new Map<string, Seen>();
  const waiting = Object.entries(cases);
  const lane = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const [name, run] = next;
      const begun = performance.now();
      seen.set(name, await runCase(host, name, run));
      if (process.env.TIMES) process.stdout.write(`TIME ${name} ${Math.round(performance.now() - begun)}\n`);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return seen;
}

async function runCase(host: HostUnderTest, name: string, run: Case): Promise<Seen> {
  const notes: Seen = {};
  try {
    await run(toolsFor(host, notes), name);
  } catch (error) {
    notes.error = String((error as Error).stack);
  }
  return normalise(notes) as Seen;
}
