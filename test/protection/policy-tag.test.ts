import { policyOfTag, problemOfTag } from '../../src/protection/policy-tag';

const POLICIES = ['daily', 'hourly'];
const tagged = (tags: Record<string, string>) => ({ tags });

test.each(['backup-policy', 'Backup-Policy', 'BACKUP-POLICY'])('the tag %s protects', (name) => {
  expect(policyOfTag(tagged({ [name]: 'daily' }))).toBe('daily');
  expect(problemOfTag(tagged({ [name]: 'daily' }), POLICIES)).toBeUndefined();
});

test.each([
  [{ backuppolicy: 'daily' }, 'The tag "backuppolicy" protects nothing; did you mean backup-policy?'],
  [{ Backup_Policy: 'daily' }, 'The tag "Backup_Policy" protects nothing; did you mean backup-policy?'],
  [{ 'bakup-policy': 'daily' }, 'The tag "bakup-policy" protects nothing; did you mean backup-policy?'],
  [{ 'backup-polcy ': 'daily' }, 'The tag "backup-polcy " protects nothing; did you mean backup-policy?'],
  [{ 'backup-policy': 'Daily' }, 'The tag backup-policy holds "Daily"; the policy is called daily.'],
  [{ 'backup-policy': 'daily ' }, 'The tag backup-policy holds "daily "; the policy is called daily.'],
  [{ 'backup-policy': 'a b' }, 'The tag backup-policy does not hold the name of a policy.'],
])('%j is told as a problem', (tags, problem) => {
  expect(policyOfTag(tagged(tags as Record<string, string>))).toBeUndefined();
  expect(problemOfTag(tagged(tags as Record<string, string>), POLICIES)).toBe(problem);
});

test.each([{ backup: 'no' }, { policy: 'daily' }, { 'backup-owner': 'me' }, { environment: 'prod' }, {}])(
  '%j means nothing, and nothing is said',
  (tags) => {
    expect(problemOfTag(tagged(tags as Record<string, string>), POLICIES)).toBeUndefined();
  },
);
