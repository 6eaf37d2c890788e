import { createHash } from 'node:crypto';
import { z } from 'zod';
import { isBefore, secondsBetween } from '../basics/time';
import { resourceKey } from '../compute/arm/resource-id';
import { type Collection, collection } from '../documents/collection';
import { CATALOGUE, type FailureCode } from '../failures/catalogue';
import { type NotificationSettings, notify } from '../notifications/notification';
import type { BlobStore } from '../storage/blob-store';

/** What the sweep could not remove or settle, and why. */
export interface Refused {
  resourceId: string;
  /** The job that left it. */
  jobId?: string;
  code: string;
  message: string;
}

const Refusal = z.strictObject({
  resourceId: z.string(),
  jobId: z.string().optional(),
  /** Which sweep tried: what one of them has settled, only that one knows. */
  by: z.string(),
  code: z.string(),
  message: z.string(),
  /** When this cause was met first, when last, and when people were told of it; service times. */
  since: z.string(),
  triedAt: z.string(),
  toldAt: z.string(),
});
export type Refusal = z.output<typeof Refusal>;

/** What stays although nobody needs it, under a hash of its id: the sweep remembers what it was told. */
export const refusals = (store: BlobStore): Collection<Refusal> => collection(store, 'refusals', Refusal);

/** A cause that stays is told again after so long: whoever could help may have changed. */
const TELL_AGAIN_SECONDS = 7 * 86_400;
const MOST_NAMED = 5;

interface RefusalServices {
  store: BlobStore;
  settings: { notifications?: NotificationSettings };
}

interface Log {
  warn(message: string): void;
}

/** A turn of a sweep: its name, and when it began. */
export interface SweepTurn {
  by: string;
  at: string;
}

/**
 * Remembers what a sweep was refused, and tells people once for each thing and cause: again when the cause is
 * another one, or after a week. The snapshots of one VM count as one thing, however many a lock has come to
 * keep, and each lock is a cause of its own. What is refused for one cause at the same time is told in one
 * sentence. May be repeated.
 */
export async function noteRefusals(
  { store, settings }: RefusalServices,
  log: Log,
  { by, at }: SweepTurn,
  refused: Refused[],
): Promise<void> {
  const known = refusals(store);
  const told = await lastTold(known);
  const news = new Map<string, Refused[]>();
  for (const one of refused) {
    const cause = causeOf(one);
    if (isNews(told.get(topicOf(one)), at)) news.set(cause, [...(news.get(cause) ?? []), one]);
  }
  // Told first, noted then: who dies in between tells it again, under the same id.
  for (const things of news.values()) await tell(settings, log, at, things);
  for (const one of refused) await remember(known, { by, at }, one, told.get(topicOf(one)));
}

async function tell(
  settings: RefusalServices['settings'],
  log: Log,
  at: string,
  things: Refused[],
): Promise<void> {
  const [first] = things;
  if (!first) return;
  const { code, message } = first;
  const names = namesOf(things);
  const more = names.length > MOST_NAMED ? ` and ${names.length - MOST_NAMED} more` : '';
  await notify(settings, log, {
    event: 'leftoverStays',
    subject: first.resourceId,
    occasion: `${keyOf(first.resourceId)}-${code}-${at}`,
    time: at,
    message: `${code}: ${names.slice(0, MOST_NAMED).join(', ')}${more} cannot be removed. ${message} ${remedyOf(code)}`,
    data: { leftovers: things.map(({ resourceId, jobId }) => ({ resourceId, job: jobId })) },
  });
}

/** Each thing by its id, the snapshots of one VM together. */
function namesOf(things: Refused[]): string[] {
  const groups = new Map<string, string[]>();
  for (const { resourceId } of things) {
    const group = ownerOf(resourceId);
    groups.set(resourceKey(group), [...(groups.get(resourceKey(group)) ?? []), resourceId]);
  }
  return [...groups.values()].map(([first = '', ...others]) =>
    others.length === 0 ? first : `${others.length + 1} snapshots in ${ownerOf(first)}`,
  );
}

/** What stays or goes as one for people: the collection in which the restore points of a VM are. */
const ownerOf = (resourceId: string): string => resourceId.replace(/\/restorePoints\/[^/]+$/i, '');

/** A lock is told by its name, which is in the message; what else stands in messages changes by the hour. */
const causeOf = ({ code, message }: Pick<Refused, 'code' | 'message'>): string =>
  code === ('ResourceLocked' satisfies FailureCode) ? `${code}: ${message}` : code;

/** What is told once: this cause, of this owner. */
const topicOf = (one: Pick<Refused, 'resourceId' | 'code' | 'message'>): string =>
  `${resourceKey(ownerOf(one.resourceId))} ${causeOf(one)}`;

/** When people were told of each topic last. */
async function lastTold(known: Collection<Refusal>): Promise<Map<string, string>> {
  const told = new Map<string, string>();
  for await (const { value } of known.list({ onUnreadable: () => undefined })) {
    const topic = topicOf(value);
    const before = told.get(topic);
    if (before === undefined || isBefore(before, value.toldAt)) told.set(topic, value.toldAt);
  }
  return told;
}

/** Whether people have to hear of it: told of at this very time it is the repeat of a turn. */
const isNews = (toldAt: string | undefined, at: string): boolean =>
  toldAt === undefined || secondsBetween(toldAt, at) >= TELL_AGAIN_SECONDS;

/** In the catalogue's words; nothing for a code that this version does not know. */
export const remedyOf = (code: string): string =>
  Object.hasOwn(CATALOGUE, code) ? CATALOGUE[code as FailureCode].remedy : '';

async function remember(
  known: Collection<Refusal>,
  { by, at }: SweepTurn,
  { resourceId, jobId, code, message }: Refused,
  lastTold: string | undefined,
): Promise<void> {
  const toldAt = lastTold === undefined || isNews(lastTold, at) ? at : lastTold;
  await known.update(keyOf(resourceId), (before) => {
    const since = before?.code === code ? before.since : at;
    return { resourceId, jobId, by, code, message, since, triedAt: at, toldAt };
  });
}

/**
 * Whether a sweep could not do all that it wanted with what this job left, or does not know what there is.
 */
export async function hasRefusals(store: BlobStore, jobId: string): Promise<boolean> {
  for await (const { value } of refusals(store).list({ onUnreadable: () => undefined })) {
    if (value.jobId === undefined || value.jobId === jobId) return true;
  }
  return false;
}

/** Forgets what this sweep was not refused any more: it is gone, or somebody has settled it. */
export async function forgetSettled(store: BlobStore, { by, at }: SweepTurn): Promise<void> {
  const known = refusals(store);
  for await (const { name, value, etag } of known.list({ onUnreadable: () => undefined })) {
    if (value.by === by && value.triedAt !== at) await known.delete(name, etag);
  }
}

const keyOf = (resourceId: string): string =>
  createHash('sha256').update(resourceKey(resourceId)).digest('hex').slice(0, 32);
