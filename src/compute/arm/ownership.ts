import type { Compute } from './connection';
import { JOB_TAG, OWN_TAG } from './own-names';

type Tags = Record<string, string> | undefined;

/** The tags on everything that a job makes in Azure. */
export const ownTags = ({ settings }: Pick<Compute, 'settings'>, jobId: string): Record<string, string> => ({
  [OWN_TAG]: settings.installation,
  [JOB_TAG]: jobId,
});

/**
 * Whether this installation made what carries these tags; with `jobId`, whether it made it for that job. The
 * one guard of everything that is deleted, and of everything that is taken over as one's own.
 */
export const isOwn = ({ settings }: Pick<Compute, 'settings'>, tags: Tags, jobId?: string): boolean =>
  tags?.[OWN_TAG] === settings.installation && (jobId === undefined || tags[JOB_TAG] === jobId);

/** The job that this installation made it for; undefined for what is somebody else's. */
export const ownJobOf = (compute: Pick<Compute, 'settings'>, tags: Tags): string | undefined =>
  isOwn(compute, tags) ? tags?.[JOB_TAG] : undefined;
