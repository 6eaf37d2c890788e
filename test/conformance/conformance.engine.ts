import { SUBJECTS } from './cases';
import { startEngine } from './support/hosts';
import { readRecording, writeRecordings } from './support/recordings';
import type { Seen } from './support/run-cases';
import { runSubjects } from './support/run-subjects';

// The published extension still says what was recorded; `RECORD=1` records what it says.

let seen: Map<string, Seen>;
beforeAll(async () => {
  const host = await startEngine();
  seen = await runSubjects(host, process.env.SUBJECTS?.split(','));
  await host.close();
  if (process.env.RECORD) writeRecordings(seen);
});

describe.each(Object.entries(SUBJECTS))('%s', (subject, cases) => {
  const recording = readRecording(subject);
  test.each(Object.keys(cases))('%s', (name) => {
    expect(seen.get(name)).toEqual(recording[name]);
  });
});
