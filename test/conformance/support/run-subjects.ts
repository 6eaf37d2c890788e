import { ALONE, SUBJECTS } from '../cases';
import type { Cases } from '../cases/case';
import { runCases, type Seen } from './run-cases';
import type { HostUnderTest } from './tools';

/** Runs the cases of all subjects, or of those that are named; side by side those that may be. */
export async function runSubjects(
  host: HostUnderTest,
  subjects = Object.keys(SUBJECTS),
): Promise<Map<string, Seen>> {
  const together = subjects.filter((subject) => !ALONE.includes(subject));
  const alone = subjects.filter((subject) => ALONE.includes(subject));
  const seen = await runCases(host, casesOf(together));
  return new Map([...seen, ...(await runCases(host, casesOf(alone), 1))]);
}

const casesOf = (subjects: string[]): Cases =>
  Object.assign({}, ...subjects.map((subject) => SUBJECTS[subject] ?? {}));
