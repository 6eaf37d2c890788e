import type { FailureCode } from '../../failures/catalogue';
import type { Step } from '../arm-failure';
import type { Compute } from '../connection';
import { linkTo } from '../disk-access';
import type { DataAnswer, DataRequest } from './http';
import { PATIENCE, type Patience, refuseAnswer, withPatience } from './retry';

/** A disk's bytes, reached by a link that is renewed when it runs out. */
export interface LinkedDisk {
  sourceId: string;
  access: 'Read' | 'Write';
  code: FailureCode;
  step: Step;
  patience?: Patience;
}

/** What a try needs besides the link; made anew for each, so that it can go on where the last one broke off. */
export type MakeRequest = () => Omit<DataRequest, 'sas'> | Promise<Omit<DataRequest, 'sas'>>;

/**
 * Sends a request about a disk until it is answered with one of the `expected` statuses: broken connections, 429 and 5xx are
 * tried again, a refused link is asked for anew. Statuses in `passed` are handed back as they are.
 */
export function sendToDisk(
  compute: Compute,
  disk: LinkedDisk,
  make: MakeRequest,
  expect: {
    statuses: readonly number[];
    progress?: () => number;
    accept?: (answer: DataAnswer) => void;
    signal?: AbortSignal;
  },
): Promise<DataAnswer> {
  const { code, step, patience = PATIENCE } = disk;
  const options = { patience, code, step, progress: expect.progress ?? (() => 0), signal: expect.signal };
  return withPatience(options, async (renew) => {
    const sas = await linkTo(compute, disk, { renew });
    const answer = await compute.dataPlane.send({ ...(await make()), sas, signal: expect.signal });
    if (!expect.statuses.includes(answer.status)) refuseAnswer(answer, code, step);
    expect.accept?.(answer);
    return answer;
  });
}
