import type { AnswerOf } from '../../client/api-client';
import type { BackupPolicy } from '../../client/api-types';
import { confirmingLoss } from '../command/confirm-loss';
import { readJsonFile } from '../command/read-json-file';
import type { Session } from '../command/session';
import type { Column } from '../output/column';
import { count } from '../output/people';
import { table } from '../output/table';
import { POLICY_COLUMNS } from './policy-columns';

type WhatIf = AnswerOf<'whatIfPolicy'>;

const WHAT_IF: Column<WhatIf>[] = [
  { name: 'policy', title: 'Policy', value: ({ policy }) => policy },
  {
    name: 'letsGo',
    title: 'Lets go of',
    value: ({ letsGo }) => letsGo,
    people: ({ letsGo }) => count(letsGo, 'recovery point'),
  },
];
const LET_GO: Column<WhatIf['vms'][number]>[] = [
  { name: 'vm', title: 'VM', value: ({ vm }) => vm },
  { name: 'letsGo', title: 'Points', value: ({ letsGo }) => letsGo, right: true },
  { name: 'points', title: 'For example', value: ({ points }) => points[0] },
];

/** The document of a policy; the name that `policy show` prints with it is not part of it. */
async function policyIn(file: string): Promise<BackupPolicy> {
  const { name: _, ...policy } = (await readJsonFile(file)) as BackupPolicy & { name?: unknown };
  return policy;
}

export async function whatIf(session: Session, policy: string, file: string): Promise<void> {
  const answer = await session.api.whatIfPolicy({ policy, body: await policyIn(file) });
  session.show(answer, WHAT_IF, answer.vms.length > 0 ? [table(LET_GO, answer.vms)] : []);
}

export const setPolicy = async (session: Session, name: string, file: string, yes?: boolean): Promise<void> =>
  putPolicy(session, name, await policyIn(file), yes);

export async function putPolicy(
  session: Session,
  policy: string,
  body: BackupPolicy,
  yes?: boolean,
): Promise<void> {
  const put = (agreed?: number) => session.api.putPolicy({ policy, body, confirm: agreed });
  session.show(await confirmingLoss(session, nameOf(policy), put, yes), POLICY_COLUMNS);
}

export async function deletePolicy(session: Session, policy: string, yes?: boolean): Promise<void> {
  await confirmingLoss(
    session,
    nameOf(policy),
    (agreed) => session.api.deletePolicy({ policy, confirm: agreed }),
    yes,
  );
  session.say(`The policy ${policy} is deleted.`);
}

const nameOf = (policy: string) => ({ answer: policy, answerIs: 'the name of the policy' });
