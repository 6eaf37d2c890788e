import { isOwn, ownJobOf, ownTags } from '../../../src/compute/arm/ownership';

const here = { settings: { installation: 'here' } } as Parameters<typeof isOwn>[0];
const there = { settings: { installation: 'there' } } as Parameters<typeof isOwn>[0];

test('what a job of this installation made is its own, and nobody else has it', () => {
  const tags = { ...ownTags(here, 'job-1'), owner: 'finance' };
  expect(isOwn(here, tags)).toBe(true);
  expect(isOwn(here, tags, 'job-1')).toBe(true);
  expect(ownJobOf(here, tags)).toBe('job-1');
  expect(isOwn(here, tags, 'job-2')).toBe(false);
  expect(isOwn(there, tags)).toBe(false);
  expect(isOwn(there, tags, 'job-1')).toBe(false);
  expect(ownJobOf(there, tags)).toBeUndefined();
});

const STRANGERS: (Record<string, string> | undefined)[] = [
  undefined,
  {},
  { 'durable-vm-backup-job': 'job-1' },
];
test.each(STRANGERS)('%j are tags of somebody else', (tags) => {
  expect(isOwn(here, tags)).toBe(false);
  expect(ownJobOf(here, tags)).toBeUndefined();
});
