import { createHash } from 'node:crypto';
import { z } from 'zod';
import { secondsBetween } from '../basics/time';
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
 * another one, or after a week. What is refused for one cause at the same time is told in one sentence. May
 * be repeated.
 */
export async function noteRefusals(
  { store, settings }: RefusalServices,
  log: Log,
  { by, at }: SweepTurn,
  refused: Refused[],
): Promise<void> {
  const known = refusals(store);
  const news = new Map<string, Refused[]>();
  for (const one of refused) {
    const before = (await known.read(keyOf(one.resourceId)))?.value;
    if (isNews(before, one, at)) news.set(one.code, [...(news.get(one.code) ?? []), one]);
  }
  // Told first, noted then: who dies in between tells it again, under the same id.
  for (const [code, things] of news) {
    const [first] = things;
    if (!first) continue;
    const names = things.slice(0, MOST_NAMED).map(({ resourceId }) => resourceId);
    const more = things.length > MOST_NAMED ? ` and ${things.length - MOST_NAMED} more` : '';
    await notify(settings, log, {
      event: 'leftoverStays',
      subject: first.resourceId,
      occasion: `${keyOf(first.resourceId)}-${code}-${at}`,
      time: at,
      message: `${code}: ${names.join(', ')}${more} cannot be removed. ${first.message} ${remedyOf(code)}`,
      data: { leftovers: things.map(({ resourceId, jobId }) => ({ resourceId, job: jobId })) },
    });
  }
  for (const one of refused) await remember(known, { by, at }, one);
}

/** Whether people have to hear of it: told of at this very time it is the repeat of a turn. */
const isNews = (before: Refusal | undefined, { code }: Refused, at: string): boolean =>
  before?.code !== code || secondsBetween(before.toldAt, at) >= TELL_AGAIN_SECONDS;

/** In the catalogue's words; nothing for a code that this version does not know. */
export const remedyOf = (code: string): string =>
  Object.hasOwn(CATALOGUE, code) ? CATALOGUE[code as FailureCode].remedy : '';

async function remember(known: Collection<Refusal>, { by, at }: SweepTurn, refused: Refused): Promise<void> {
  const { resourceId, jobId, code, message } = refused;
  await known.update(keyOf(resourceId), (before) => {
    const toldAt = before === undefined || isNews(before, refused, at) ? at : before.toldAt;
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
