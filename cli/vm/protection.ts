import type { AnswerOf } from '../../client/api-client';
import type { ProtectionView } from '../../client/api-types';
import { type ConfirmOptions, confirm } from '../command/confirm';
import { confirmingLoss } from '../command/confirm-loss';
import type { Session } from '../command/session';
import { findVm } from '../names/find-vm';
import type { Column } from '../output/column';
import { timeColumn } from '../output/figure-columns';
import { count, size, time } from '../output/people';

export interface UnprotectOptions extends ConfirmOptions {
  deletePoints?: boolean;
}

const FIELDS: Column<ProtectionView>[] = [
  { name: 'vm', title: 'VM', value: ({ vm }) => vm },
  { name: 'state', title: 'Protection', value: ({ state }) => state },
  { name: 'policy', title: 'Policy', value: ({ policy }) => policy },
  { name: 'protectedBy', title: 'Protected by', value: ({ protectedBy }) => protectedBy },
  timeColumn('stoppedAt', 'Stopped', ({ stoppedAt }) => stoppedAt),
  { name: 'data', title: 'Its points', value: ({ data }) => data },
  { name: 'problem', title: 'Problem', value: ({ problem }) => problem },
];
const STOPPED: Column<AnswerOf<'deleteProtection'>>[] = [
  ...(FIELDS as Column<AnswerOf<'deleteProtection'>>[]),
  { name: 'deletedPoints', title: 'Deleted points', value: ({ deletedPoints }) => deletedPoints },
  { name: 'heldPoints', title: 'Held points, which stay', value: ({ heldPoints }) => heldPoints.join(', ') },
];

export async function protectVm(
  session: Session,
  text: string,
  policy: string,
  yes?: boolean,
): Promise<void> {
  const { key: vm, name } = await findVm(session.api, text);
  const put = (agreed?: number) => session.api.putProtection({ vm, body: { policy }, confirm: agreed });
  const isConfirmedBy = { answer: name, answerIs: 'the name of the VM' };
  session.show(await confirmingLoss(session, isConfirmedBy, put, yes), FIELDS);
}

/** Without `deletePoints` nothing is lost: the points stay. */
export async function unprotectVm(session: Session, text: string, options: UnprotectOptions): Promise<void> {
  const { api } = session;
  const { key: vm, name } = await findVm(api, text);
  const data = options.deletePoints ? 'delete' : 'retain';
  const will = options.deletePoints
    ? await whatGoes(session, vm, name)
    : `Stops the protection of ${name}; its points stay.`;
  if (options.dryRun) return session.say(will);
  if (options.deletePoints)
    await confirm(session, { will, answer: name, answerIs: 'the name of the VM' }, options.yes);
  session.show(await api.deleteProtection({ vm, data }), STOPPED);
}

async function whatGoes({ api }: Session, vm: string, name: string): Promise<string> {
  const { recoveryPoints } = await api.listRecoveryPoints({ vm });
  const going = recoveryPoints.filter(({ hold }) => !hold);
  const held = recoveryPoints.length - going.length;
  const bytes = going.reduce((sum, { storedBytes }) => sum + storedBytes, 0);
  const span = going.length > 0 ? ` from ${time(going[0]?.time)} to ${time(going.at(-1)?.time)}` : '';
  return [
    `Stops the protection of ${name} and deletes ${count(going.length, 'recovery point')}${span}, for which ${size(bytes)} were stored.`,
    'They can be undeleted until their grace period ends.',
    held > 0 ? `${count(held, 'held point stays', 'held points stay')}.` : '',
  ]
    .filter(Boolean)
    .join('\n');
}
