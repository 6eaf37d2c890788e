import type { AnswerOf } from '../../client/api-client';
import { type ConfirmOptions, confirm } from '../command/confirm';
import type { Session } from '../command/session';
import { EXIT } from '../ending/exit-codes';
import { Refused } from '../ending/refused';
import { findPoint } from '../names/find-point';
import { vmOfPoint } from '../names/vm-of-point';
import type { Column } from '../output/column';
import { sizeColumn, timeColumn } from '../output/figure-columns';
import { size, time } from '../output/people';
import { POINT_FIELDS } from './point-columns';

type Deletion = AnswerOf<'deleteRecoveryPoint'>;

const DELETION: Column<Deletion>[] = [
  { name: 'id', title: 'Recovery point', value: ({ id }) => id },
  {
    name: 'dryRun',
    title: 'Dry run',
    value: ({ dryRun }) => dryRun,
    people: ({ dryRun }) => (dryRun ? 'yes: nothing was deleted' : undefined),
  },
  timeColumn('deletedAt', 'Deleted', ({ deletedAt }) => deletedAt),
  timeColumn('undeleteUntil', 'Undelete until', ({ undeleteUntil }) => undeleteUntil),
  sizeColumn('freesBytes', 'Frees', ({ freesBytes }) => freesBytes),
  timeColumn('freesFrom', 'From', ({ freesFrom }) => freesFrom),
];
const HOLD: Column<AnswerOf<'holdRecoveryPoint'>>[] = [
  { name: 'id', title: 'Recovery point', value: ({ id }) => id },
  {
    name: 'hold',
    title: 'Held',
    value: ({ hold }) => hold?.reason,
    people: ({ hold }) => hold?.reason ?? 'no',
  },
];
const RETENTION: Column<AnswerOf<'retainRecoveryPoint'>>[] = [
  { name: 'id', title: 'Recovery point', value: ({ id }) => id },
  timeColumn('retainUntil', 'Kept until', ({ retainUntil }) => retainUntil),
];

export async function deletePoint(
  session: Session,
  text: string,
  { dryRun, yes }: ConfirmOptions,
): Promise<void> {
  const { api } = session;
  const point = await findPoint(api, text);
  const plan = await api.deleteRecoveryPoint({ point, dryRun: 'true' });
  if (dryRun) return session.show(plan, DELETION);
  const { name } = await vmOfPoint(api, point);
  await confirm(
    session,
    { will: deletionWords(plan, name), answer: name, answerIs: 'the name of the VM' },
    yes,
  );
  session.show(await api.deleteRecoveryPoint({ point }), DELETION);
}

const deletionWords = ({ id, undeleteUntil, freesBytes, freesFrom }: Deletion, vm: string): string =>
  `Deletes the recovery point ${id} of ${vm}. It can be undeleted until ${time(undeleteUntil)}.\n` +
  `It frees ${size(freesBytes ?? 0)}, from ${time(freesFrom)} on, with the maintenance after that.`;

export async function undeletePoint(session: Session, text: string): Promise<void> {
  const point = await findPoint(session.api, text, { deleted: true });
  session.show(await session.api.undeleteRecoveryPoint({ point }), POINT_FIELDS);
}

export async function holdPoint(session: Session, text: string, reason: string): Promise<void> {
  const point = await findPoint(session.api, text);
  session.show(await session.api.holdRecoveryPoint({ point, body: { reason } }), HOLD);
}

export async function releasePoint(session: Session, text: string): Promise<void> {
  session.show(await session.api.releaseRecoveryPoint({ point: await findPoint(session.api, text) }), HOLD);
}

export async function retainPoint(session: Session, text: string, until: string): Promise<void> {
  const retainUntil = momentOf(until);
  const point = await findPoint(session.api, text);
  session.show(await session.api.retainRecoveryPoint({ point, body: { retainUntil } }), RETENTION);
}

/** A time, or a day for its beginning, in UTC. Throws `Refused` for anything else. */
export function momentOf(text: string): string {
  const full = /^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00Z` : text;
  const moment = /^\d{4}-\d\d-\d\dT.+(Z|[+-]\d\d:\d\d)$/.test(full) ? Date.parse(full) : Number.NaN;
  if (Number.isNaN(moment)) {
    throw new Refused(
      EXIT.usage,
      `${JSON.stringify(text)} is no time.`,
      'Give one as 2027-01-31 or 2027-01-31T06:00:00Z.',
    );
  }
  return new Date(moment).toISOString();
}
