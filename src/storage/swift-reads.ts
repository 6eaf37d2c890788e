import {
  type ContainerClient,
  ContainerSASPermissions,
  generateBlobSASQueryParameters,
  StorageSharedKeyCredential,
} from '@azure/storage-blob';
import type { Place, RangeAnswer } from '../transport/exchange';
import { openRangeReader } from '../transport/range-reader';
import { serviceTime } from './azure-answers';
import { USUAL_PATIENCE } from './patience';

/** The version of the blob service's protocol that is spoken. */
const VERSION = '2021-12-02';
const SCOPE = 'https://storage.azure.com/.default';
const LINK_MS = 3_600_000;
/** A permit is renewed so long before it runs out: no read takes longer. */
const RENEW_EARLY_MS = 600_000;
/** After so many failures in a row there is no way past the SDK (a proxy stands in it, say) for so long. */
const GIVE_UP_AFTER = 3;
const GIVE_UP_MS = 300_000;

/**
 * What a request needs to be allowed: a signature in its query, or a token in its headers. Both are secrets.
 */
interface Permit {
  query: string;
  headers: Record<string, string>;
  /** Of `performance.now()`: until then it is used. */
  goodUntil: number;
}

/** An answer with a body, in the memory that was given for it. */
export interface SwiftAnswer extends RangeAnswer {
  /** Of the whole blob. */
  sizeBytes: number;
}

/**
 * Reads of a container that go past the SDK, straight into the memory where the bytes are wanted: the SDK's
 * streams are what a restore or a verification would spend most of its own time on. An attempt only: the
 * answer is undefined whenever anything is out of the ordinary, and the SDK, which knows about retries and
 * refusals, has to ask again.
 */
export function swiftReads(container: ContainerClient, idleTimeoutMs = USUAL_PATIENCE.idleMs) {
  const reader = openRangeReader({ isSafe: () => true, idleTimeoutMs });
  const [address = '', query = ''] = container.url.split('?');
  let permit: Promise<Permit | undefined> | undefined;
  let failures = 0;
  let nothingUntil = 0;

  async function permitted(): Promise<Permit> {
    const known = await permit;
    if (known && known.goodUntil > performance.now()) return known;
    const asked = askForPermit(container, query, idleTimeoutMs);
    // This read hears of the refusal; the next one asks again.
    permit = asked.catch(() => undefined);
    return asked;
  }

  return async (
    name: string,
    offset: number,
    target: Buffer | Place,
    signal?: AbortSignal,
  ): Promise<SwiftAnswer | 'missing' | undefined> => {
    if (performance.now() < nothingUntil) return undefined;
    try {
      const { query, headers } = await permitted();
      const url = `${address}/${name.split('/').map(encodeURIComponent).join('/')}${query && `?${query}`}`;
      const request = { url, offset, target, headers: { 'x-ms-version': VERSION, ...headers } };
      const answer = await reader.read(request, { onReceived: () => undefined, signal });
      failures = 0;
      if (answer.status === 404 && answer.headers['x-ms-error-code'] === 'BlobNotFound') return 'missing';
      const [, from, to, size] = RANGE.exec(answer.headers['content-range'] ?? '') ?? [];
      const whole = Number(from) === offset && Number(to) - offset + 1 === answer.received;
      return answer.status === 206 && whole ? { ...answer, sizeBytes: Number(size) } : undefined;
    } catch {
      // Whatever it was: the SDK asks again, and its word counts.
      signal?.throwIfAborted();
      failures += 1;
      if (failures % GIVE_UP_AFTER === 0) nothingUntil = performance.now() + GIVE_UP_MS;
      return undefined;
    }
  };
}

const RANGE = /^bytes (\d+)-(\d+)\/(\d+)$/;

const goodFor = (ms: number) => performance.now() + ms - RENEW_EARLY_MS;

/** A service that never answers is given up here as in every other question. */
const timeOfService = async (container: ContainerClient, idleMs: number) =>
  serviceTime((await container.getProperties({ abortSignal: AbortSignal.timeout(idleMs) })).date);

async function askForPermit(container: ContainerClient, query: string, idleMs: number): Promise<Permit> {
  const { credential, containerName, url } = container;
  if (credential instanceof StorageSharedKeyCredential) {
    const permissions = ContainerSASPermissions.parse('r');
    // The service holds the end of a link against its own clock, from which this host's may be days off.
    const expiresOn = new Date(Date.parse(await timeOfService(container, idleMs)) + LINK_MS);
    const values = { containerName, permissions, expiresOn };
    const query = `${generateBlobSASQueryParameters(values, credential)}`;
    return { query, headers: {}, goodUntil: goodFor(LINK_MS) };
  }
  if (!('getToken' in credential)) return { query, headers: {}, goodUntil: Number.POSITIVE_INFINITY };
  const token = url.startsWith('https:') ? await credential.getToken(SCOPE) : undefined;
  if (!token) throw new Error('There is no token for this container.');
  return {
    query,
    headers: { authorization: `Bearer ${token.token}` },
    goodUntil: goodFor(token.expiresOnTimestamp - Date.now()),
  };
}
