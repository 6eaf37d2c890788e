import type { FailureCode } from '../../failures/catalogue';
import type { Compute } from '../arm/connection';
import type { DataAnswer, DataRequest } from '../data-plane/http';
import { refuseAnswer, TryAgain, withPatience } from '../data-plane/retry';
import { STORAGE_VERSION } from '../data-plane/storage-version';
import type { Step } from '../failures/arm-failure';
import { linkTo } from './disk-access';

const NOTHING = Buffer.alloc(0);

/** A disk's bytes, reached by a link that is renewed when it runs out. */
export interface LinkedDisk {
  sourceId: string;
  access: 'Read' | 'Write';
  /** What a failure is called that is none of the link's. */
  code: FailureCode;
  step: Step;
}

/**
 * Sends a request about a disk until it is answered with status `expected`: broken connections, 429 and 5xx
 * are tried again, a refused link is asked for anew.
 */
export function sendToDisk(
  compute: Compute,
  disk: LinkedDisk,
  expected: number,
  make: (linkGrantedAfter: number) => Omit<DataRequest, 'sas'> | Promise<Omit<DataRequest, 'sas'>>,
  signal?: AbortSignal,
): Promise<DataAnswer> {
  const { code, step } = disk;
  const { patience } = compute;
  return withPatience({ patience, code, step, progress: () => 0, signal }, async (grantedAfter) => {
    const sas = await linkTo(compute, disk, grantedAfter);
    const answer = await compute.dataPlane.send({ ...(await make(grantedAfter)), sas, signal });
    if (answer.status !== expected) refuseAnswer(answer, code, step);
    return answer;
  });
}

/**
 * Fills `target` with the disk's bytes from `offset`. A try that breaks off is carried on from its last good
 * byte.
 */
export async function readFromDisk(
  compute: Compute,
  disk: LinkedDisk,
  offset: number,
  target: Buffer,
  signal?: AbortSignal,
): Promise<void> {
  const { code, step } = disk;
  const { patience } = compute;
  let good = 0;
  await withPatience({ patience, code, step, progress: () => good, signal }, async (grantedAfter) => {
    const sas = await linkTo(compute, disk, grantedAfter);
    const done = good;
    const rest = target.subarray(done);
    const onReceived = (received: number) => {
      good = done + received;
    };
    const range = {
      url: sas,
      offset: offset + done,
      target: rest,
      headers: { 'x-ms-version': STORAGE_VERSION },
    };
    const {
      status,
      headers,
      refusal = NOTHING,
    } = await compute.dataPlane.ranges.read(range, {
      accept: ({ headers }) => refuseOtherRange(headers['content-range'], offset + done),
      onReceived,
      signal,
    });
    if (status !== 206) refuseAnswer({ status, headers, body: refusal }, code, step);
    if (good < target.length) throw new TryAgain(`The answer ended after ${good} of ${target.length} bytes.`);
  });
}

/** Bytes of another place of the disk must never count as good, not even when the answer breaks off. */
function refuseOtherRange(contentRange: string | undefined, from: number): void {
  if (!contentRange?.startsWith(`bytes ${from}-`))
    throw new TryAgain(`The answer is of the range ${contentRange}, not from ${from}.`);
}
