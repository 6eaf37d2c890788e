import type { Compute } from './connection';
import { HALF_MADE_TAG, JOB_TAG, OWN_TAG } from './own-names';

type Tags = Record<string, string> | undefined;

/** The tags on everything that a job makes in Azure. */
export const ownTags = ({ settings }: Pick<Compute, 'settings'>, jobId: string): Record<string, string> => ({
  [OWN_TAG]: settings.installation,
  [JOB_TAG]: jobId,
});

/** Azure allows so many. */
const MOST_TAGS = 50;

/**
 * All tags of what is made: its own, those that policies demand, and those that it brings along as far as
 * there is room. Names of tags are the same in any case; what is brought along wins over what is demanded.
 */
export function allTags(
  { settings }: Pick<Compute, 'settings'>,
  own: Record<string, string>,
  brought: Record<string, string> = {},
): Record<string, string> {
  const has = new Set(Object.keys({ ...own, ...brought }).map((name) => name.toLowerCase()));
  const demanded = Object.entries(settings.resourceTags ?? {}).filter(
    ([name]) => !has.has(name.toLowerCase()),
  );
  const ownNames = new Set(Object.keys(own));
  const others = Object.entries(brought).filter(([name]) => !ownNames.has(name));
  return Object.fromEntries([...Object.entries(own), ...demanded, ...others].slice(0, MOST_TAGS));
}

/**
 * Whether this installation made what carries these tags; with `jobId`, whether it made it for that job. The
 * one guard of everything that is deleted, and of everything that is taken over as one's own.
 */
export const isOwn = ({ settings }: Pick<Compute, 'settings'>, tags: Tags, jobId?: string): boolean =>
  tags?.[OWN_TAG] === settings.installation && (jobId === undefined || tags[JOB_TAG] === jobId);

/** The job that this installation made it for; undefined for what is somebody else's. */
export const ownJobOf = (compute: Pick<Compute, 'settings'>, tags: Tags): string | undefined =>
  isOwn(compute, tags) ? tags?.[JOB_TAG] : undefined;

/** The tags on what a restore makes while it is at work. */
export const halfMadeTags = (
  compute: Pick<Compute, 'settings'>,
  jobId: string,
  name: string,
): Record<string, string> => ({ ...ownTags(compute, jobId), [HALF_MADE_TAG]: name });

/**
 * Whether this installation made it for a restore that has not come to its end: what has lost the tag, to
 * whomever, is not. The one proof without which nothing that is complete is ever deleted.
 */
export const isHalfMade = (
  compute: Pick<Compute, 'settings'>,
  { name, tags }: { name?: string; tags?: Tags },
  jobId?: string,
): boolean => isOwn(compute, tags, jobId) && name !== undefined && sameName(tags?.[HALF_MADE_TAG], name);

const sameName = (left: string | undefined, right: string) => left?.toLowerCase() === right.toLowerCase();

/** The tags of what is complete. */
export function completeTags(tags: Tags): Record<string, string> {
  const { [HALF_MADE_TAG]: _gone, ...others } = tags ?? {};
  return others;
}
