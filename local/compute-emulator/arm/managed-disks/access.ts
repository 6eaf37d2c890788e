import { randomBytes, randomUUID } from 'node:crypto';
import { activeGrant, isActive } from '../../access/grants';
import type { Cloud } from '../../cloud/cloud';
import { keyOf } from '../../cloud/ids';
import type { Grant, Tables } from '../../cloud/model';
import type { Change } from '../../store/document-store';
import { ArmError, invalidParameter } from '../rest/arm-error';
import { accepted, type Completions, type Operations } from '../rest/operations';
import type { ArmRequest, ArmResponse } from '../rest/route';

const LONGEST_SECONDS = 60 * 24 * 60 * 60;
const MOST_PER_FAMILY = 5;

/** What access is asked for: a disk, a snapshot or a disk restore point. */
export interface AccessTarget {
  /** `disks`, `snapshots` or `diskRestorePoint`. */
  group: string;
  id: string;
  /** Set for snapshots and disk restore points, of which only a few of one family may be open at a time. */
  familyId?: string;
  networkAccessPolicy: unknown;
  /** False while a snapshot is still copied in the background. */
  isCopied?: boolean;
}

/** Answers `beginGetAccess`. Access that is open already is extended and keeps its URL. */
export function beginGetAccess(
  cloud: Cloud,
  operations: Operations,
  request: ArmRequest,
  target: AccessTarget,
  allowed: Grant['access'],
): ArmResponse {
  const { access, durationInSeconds } = request.body;
  if (access !== 'Read' && access !== 'Write') throw invalidParameter('access', 'It must be Read or Write.');
  if (access !== allowed) {
    throw new ArmError(
      409,
      'OperationNotAllowed',
      `Access ${access} is not allowed on ${target.id} in its present state.`,
    );
  }
  if (typeof durationInSeconds !== 'number' || durationInSeconds < 1 || durationInSeconds > LONGEST_SECONDS) {
    throw invalidParameter('durationInSeconds', `It must be between 1 and ${LONGEST_SECONDS}.`);
  }
  if (target.networkAccessPolicy === 'DenyAll') {
    const reason = 'because its network access policy is DenyAll';
    throw new ArmError(409, 'OperationNotAllowed', `Access to ${target.id} cannot be granted ${reason}.`);
  }
  if (target.isCopied === false) {
    const message = `Access to ${target.id} cannot be granted before its copy in the background has ended.`;
    throw new ArmError(409, 'OperationNotAllowed', message);
  }
  assertFamilyHasRoom(cloud, target);
  const until = new Date(cloud.now().getTime() + durationInSeconds * 1000).toISOString();
  const open = activeGrant(cloud, target.id);
  const grant =
    open === undefined
      ? newGrant(target.id, access, until)
      : { ...open, ...(until > open.expiresAt && { expiresAt: until }) };
  const kind = `${target.group}.grantAccess`;
  const operation = operations.start(
    cloud,
    { kind, resourceId: target.id, grant: grant.account, args: { isNew: open === undefined } },
    [...expiredGrants(cloud), { table: 'grants', key: grant.account, value: grant }],
  );
  return accepted(cloud, request, operation);
}

/** Answers `endGetAccess`, also when no access is open. */
export function endGetAccess(
  cloud: Cloud,
  operations: Operations,
  request: ArmRequest,
  target: AccessTarget,
  error?: { code: string; message: string },
): ArmResponse {
  const kind = `${target.group}.revokeAccess`;
  return accepted(cloud, request, operations.start(cloud, { kind, resourceId: target.id, error }));
}

/** Removes the grants of the resource; completions of single resources build on it. */
export const revoke: Completions[string] = (cloud, { resourceId, error }) => {
  if (error !== undefined) return [];
  return cloud.store
    .list('grants')
    .filter((grant) => keyOf(grant.resourceId) === keyOf(resourceId))
    .map((grant) => ({ table: 'grants', key: grant.account, value: null }));
};

/** A grant that failed is no grant; one that was open before stays. */
export const dropFailedGrant: Completions[string] = (_cloud, { grant, error, args }) =>
  error === undefined || grant === undefined || args?.isNew !== true
    ? []
    : [{ table: 'grants', key: grant, value: null }];

function expiredGrants(cloud: Cloud): Change<Tables>[] {
  return cloud.store
    .list('grants')
    .filter((grant) => !isActive(cloud, grant))
    .map(({ account }) => ({ table: 'grants', key: account, value: null }));
}

function newGrant(resourceId: string, access: Grant['access'], expiresAt: string): Grant {
  return {
    account: `md-${randomBytes(6).toString('hex')}`,
    container: randomBytes(6).toString('hex'),
    policyId: randomUUID(),
    resourceId,
    access,
    expiresAt,
  };
}

function assertFamilyHasRoom(cloud: Cloud, target: AccessTarget): void {
  const { familyId } = target;
  if (familyId === undefined || activeGrant(cloud, target.id) !== undefined) return;
  const ids = [
    ...cloud.store.list('snapshots').filter((each) => each.familyId === familyId),
    ...cloud.store
      .list('restorePoints')
      .flatMap((point) => point.disks.filter((each) => each.familyId === familyId)),
  ].map((each) => each.id);
  const open = ids.filter((id) => activeGrant(cloud, id) !== undefined);
  if (open.length < MOST_PER_FAMILY) return;
  throw new ArmError(
    409,
    'OperationNotAllowed',
    `At most ${MOST_PER_FAMILY} snapshots of one disk can have an active shared access signature ` +
      'at the same time.',
  );
}
