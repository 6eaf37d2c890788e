import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Cloud } from '../cloud/cloud';
import type { Grant } from '../cloud/model';
import { isActive } from './grants';

const SERVICE_VERSION = '2018-03-28';

/** The URL that gives access; the same one for the same grant, however often it is asked for. */
export function sasUrl(cloud: Cloud, grant: Grant): string {
  const query = new URLSearchParams({
    sv: SERVICE_VERSION,
    sr: 'b',
    si: grant.policyId,
    sig: signature(cloud, grant),
  });
  return `${cloud.baseUrl}/${grant.account}/${grant.container}/abcd?${query}`;
}

/** The grant that a data plane URL refers to, if its signature is right and its time is not over. */
export function findGrant(cloud: Cloud, url: URL): Grant | undefined {
  // Some clients take all behind the first slash for the name of the blob, and encode the second one.
  const [account = '', container, blob] = decodeURIComponent(url.pathname).split('/').slice(1);
  const grant = cloud.store.get('grants', account);
  if (grant === undefined || grant.container !== container || blob !== 'abcd') return undefined;
  const given = Buffer.from(url.searchParams.get('sig') ?? '');
  const right = Buffer.from(signature(cloud, grant));
  const isRight =
    given.length === right.length &&
    timingSafeEqual(given, right) &&
    url.searchParams.get('si') === grant.policyId;
  return isRight && isActive(cloud, grant) ? grant : undefined;
}

/** Of grants that were asked for: a disk is read with thousands of requests under one grant. */
const signatures = new WeakMap<Grant, string>();

function signature(cloud: Cloud, grant: Grant): string {
  const known = signatures.get(grant);
  if (known !== undefined) return known;
  const made = createHmac('sha256', cloud.signingKey)
    .update(`${grant.account}/${grant.container}/${grant.policyId}`)
    .digest('base64');
  signatures.set(grant, made);
  return made;
}
