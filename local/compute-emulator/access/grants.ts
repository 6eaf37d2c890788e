// Access to the bytes of disks and snapshots: the grants that ARM gives and takes back, and the
// signatures that the data plane checks.

import type { Cloud } from '../cloud/cloud';
import { keyOf } from '../cloud/ids';
import type { Grant } from '../cloud/model';

/** Whether the access still counts: it ends with its time. */
export function isActive(cloud: Cloud, grant: Grant): boolean {
  return grant.expiresAt > cloud.now().toISOString();
}

/** The access that is open on a resource, if any. */
export function activeGrant(cloud: Cloud, id: string): Grant | undefined {
  return cloud.store
    .list('grants')
    .find((grant) => keyOf(grant.resourceId) === keyOf(id) && isActive(cloud, grant));
}
