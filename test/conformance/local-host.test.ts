import { SUBJECTS } from './cases';
import { differencesFrom } from './support/differences';
import { startLocalHost } from './support/hosts';
import { INTENDED } from './support/intended-differences';
import { readIntended, readRecording, writeIntended } from './support/recordings';
import type { Seen } from './support/run-cases';
import { runSubjects } from './support/run-subjects';

// The local functions host says what the published Durable extension was recorded saying. Where it is meant
// to differ, exactly that in which it differs is recorded too, and the reason stands in the list.
// `RECORD=1` records the differences of what is listed.

let intended = readIntended();
const meant = new Set(INTENDED.flatMap(({ cases }) => cases));
const recorded = Object.assign({}, ...Object.keys(SUBJECTS).map(readRecording));

let seen: Map<string, Seen>;
beforeAll(async () => {
  const host = await startLocalHost();
  seen = await runSubjects(host, process.env.SUBJECTS?.split(','));
  await host.close();
  if (!process.env.RECORD) return;
  intended = Object.fromEntries(
    [...meant].map((name) => [name, differencesFrom(recorded[name], seen.get(name))]),
  );
  writeIntended(intended);
});

describe.each(Object.entries(SUBJECTS))('%s', (_subject, cases) => {
  test.each(Object.keys(cases))('%s', (name) => {
    expect(recorded[name]).toBeDefined();
    if (!meant.has(name)) expect(seen.get(name)).toEqual(recorded[name]);
    else expect(differencesFrom(recorded[name], seen.get(name))).toEqual(intended[name]);
  });
});

describe('the list of intended differences', () => {
  it.each(INTENDED)('has no case that does not differ: $reason', ({ cases }) => {
    for (const name of cases) expect([name, intended[name]]).not.toEqual([name, {}]);
  });

  it('is shorter than twelve', () => {
    expect(INTENDED.length).toBeLessThan(12);
    expect(Object.keys(intended).sort()).toEqual([...meant].sort());
  });
});
