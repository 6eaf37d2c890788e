import { isSafeUrl } from '../../transport/endpoint';
import type { Compute, DiskLink } from '../arm/connection';
import { type Begun, begin, fetchResult, poll } from '../arm/long-running';
import { parseResourceId, resourceKey } from '../arm/resource-id';
import { again, finished, longRunningStep, type StageContext, waitFor } from '../arm/step';
import { armFailure, asStepFailure, findOrUndefined, stepFailure } from '../failures/arm-failure';

/** What is opened: a disk restore point or a disk snapshot to read, a disk to write. */
export interface DiskAccessInput {
  /** The resource id. */
  sourceId: string;
  access: 'Read' | 'Write';
}

type Context = StageContext<DiskAccessInput, object>;

/** How long a link lives. Whoever still reads then has asked for an extension long before. */
const LINK_SECONDS = 3600;
/** A link in memory is renewed when this much of its life is over. */
const RENEW_AFTER_SECONDS = 2400;

/**
 * Opens a disk for reading or writing by link. The link itself stays in this process; another process asks
 * for its own, and Azure extends an active one and answers the same. Fails with the causes of step `disk
 * access`.
 */
export const openDiskAccess = longRunningStep<DiskAccessInput, { opened: true }, 'granted'>({
  step: 'disk access',
  limitSeconds: 15 * 60,
  memo: {},
  stages: {
    async start({ compute, input }: Context) {
      const begun = await grant(compute, input);
      // The body may hold the link already: it must not travel in a token.
      if (!begun.pending) keepLink(compute, input.sourceId, begun.body);
      return begun.pending ? waitFor(begun, 'granted', {}) : finished({ opened: true });
    },
    async granted({ compute, input, ended }: Context) {
      if (!ended) return again('start');
      keepLink(compute, input.sourceId, await fetchResult(compute, ended, 'disk access'));
      return finished({ opened: true });
    },
  },
});

/**
 * Revokes the link of a disk; what has none, or is gone, is fine. Only the last reader may call it: the link
 * is one for all.
 */
export const closeDiskAccess = longRunningStep<{ sourceId: string }, { closed: true }, 'revoked'>({
  step: 'clean up',
  limitSeconds: 30 * 60,
  memo: {},
  stages: {
    async start({ compute, input }: StageContext<{ sourceId: string }, object>) {
      const begun = await revoke(compute, input.sourceId);
      return begun ? waitFor(begun, 'revoked', {}) : finished({ closed: true });
    },
    async revoked({ ended }: StageContext<{ sourceId: string }, object>) {
      if (!ended) return again('start');
      return finished({ closed: true });
    },
  },
});

/** Starts to revoke a link; undefined when the resource does not exist (any more). */
export const revoke = (compute: Compute, sourceId: string): Promise<Begun | undefined> =>
  findOrUndefined('clean up', () => {
    compute.links.delete(resourceKey(sourceId));
    const { subscriptionId, resourceGroup: group, type, names } = parseResourceId(sourceId);
    const [first = '', point = '', disk = ''] = names;
    const client = compute.client(subscriptionId);
    return begin(subscriptionId, (options) => {
      if (type === 'disks') return client.disks.revokeAccess(group, first, options);
      if (type === 'snapshots') return client.snapshots.revokeAccess(group, first, options);
      return client.diskRestorePoint.revokeAccess(group, first, point, disk, options);
    });
  });

function grant(compute: Compute, { sourceId, access }: DiskAccessInput): Promise<Begun> {
  const { subscriptionId, resourceGroup: group, type, names } = parseResourceId(sourceId);
  const [first = '', point = '', disk = ''] = names;
  const client = compute.client(subscriptionId);
  const data = { access, durationInSeconds: LINK_SECONDS };
  return begin(subscriptionId, (options) => {
    if (type === 'disks') return client.disks.grantAccess(group, first, data, options);
    if (type === 'snapshots') return client.snapshots.grantAccess(group, first, data, options);
    return client.diskRestorePoint.grantAccess(group, first, point, disk, data, options);
  }).catch((error: unknown) => {
    throw asStepFailure(error, 'disk access');
  });
}

/**
 * The link of a disk for this process, from memory or asked for now. Granting takes Azure a moment, which is
 * waited for here: the link is needed in the process that asks, and nowhere else. `grantedAfter` (of
 * `performance.now()`) refuses older ones: of many reads that find a link over at once, the first asks for
 * all.
 */
export async function linkTo(compute: Compute, input: DiskAccessInput, grantedAfter = 0): Promise<string> {
  const { links } = compute;
  const key = resourceKey(input.sourceId);
  const known = await links.get(key);
  if (known && known.grantedAt >= grantedAfter && known.renewAt > Date.now()) return known.sas;
  const asked = askForLink(compute, input);
  remember(compute, key, asked);
  try {
    return (await asked).sas;
  } catch (error) {
    if (links.get(key) === asked) links.delete(key);
    throw error;
  }
}

const GRANT_POLLS = 60;

async function askForLink(compute: Compute, input: DiskAccessInput): Promise<DiskLink> {
  const { pending, body, retryAfterSeconds } = await grant(compute, input);
  if (!pending) return readLink(compute, input.sourceId, body);
  let wait = retryAfterSeconds ?? 1;
  for (let polls = 0; polls < GRANT_POLLS; polls++) {
    await seconds(wait);
    const polled = await poll(compute, pending, 'disk access');
    if (polled.state === 'failed') throw armFailure(polled.error, 'disk access');
    if (polled.state === 'succeeded') {
      return readLink(compute, input.sourceId, await fetchResult(compute, pending, 'disk access'));
    }
    if (polled.state === 'lost') break;
    wait = polled.retryAfterSeconds ?? 1;
  }
  throw stepFailure(
    'ComputeOperationTimedOut',
    'disk access',
    `No access to ${input.sourceId} was granted in time.`,
  );
}

const seconds = (count: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, Math.min(count, 30) * 1000));

/** Far more than one process reads at once. What falls out is asked for again. */
const MAX_LINKS = 500;

/** Links that another process closed would stay for ever otherwise: the oldest goes. */
function remember({ links }: Compute, key: string, link: Promise<DiskLink>): void {
  links.delete(key);
  links.set(key, link);
  const [oldest] = links.keys();
  if (oldest !== undefined && links.size > MAX_LINKS) links.delete(oldest);
}

function keepLink(compute: Compute, sourceId: string, body: unknown): void {
  remember(compute, resourceKey(sourceId), Promise.resolve(readLink(compute, sourceId, body)));
}

interface AccessAnswer {
  accessSAS?: string;
  /** Where the body is that of the status of the operation. */
  properties?: { output?: { accessSAS?: string } };
}

function readLink(compute: Compute, sourceId: string, body: unknown): DiskLink {
  const answer = body as AccessAnswer | undefined;
  const sas = answer?.accessSAS ?? answer?.properties?.output?.accessSAS ?? '';
  if (!URL.canParse(sas) || !isSafeUrl(new URL(sas), compute.settings.allowInsecureLoopback)) {
    throw stepFailure('DiskAccessDenied', 'disk access', `Azure granted no usable link to ${sourceId}.`);
  }
  return { sas, grantedAt: performance.now(), renewAt: Date.now() + RENEW_AFTER_SECONDS * 1000 };
}
