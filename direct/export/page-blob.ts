import { type DataAnswer, type DataRequest, openDataPlane } from '../../src/compute/data-plane/http';
import { PATIENCE, refuseAnswer, withPatience } from '../../src/compute/data-plane/retry';
import { nonZeroRuns } from '../../src/disks/non-zero-runs';
import { backupError } from '../../src/failures/failure';
import { withoutSignature } from '../../src/storage/address-words';

/** Put Page takes no more at once. */
const MAX_WRITE_BYTES = 4 * 2 ** 20;
const CODE = 'DiskUploadFailed';
const STEP = 'restore';

/** A page blob that reads as zeros, like the disk of an upload, behind a link that may write. */
export interface PageBlob {
  /** Of the whole blob, the footer included. */
  sizeBytes(): Promise<number>;
  /** Whole pages of 512 bytes; zeros are not sent. Then `bytes` are not looked at any more. */
  write(offset: number, bytes: Buffer): Promise<void>;
  close(): void;
}

/** @param link a secret: the address with its signature. Throws `UploadAddressInvalid` when it is none. */
export function openPageBlob(link: string, signal?: AbortSignal): PageBlob {
  const url = URL.canParse(link) ? new URL(link) : undefined;
  if (!url?.searchParams.has('sig'))
    throw backupError('UploadAddressInvalid', `${withoutSignature(link)} has no signature`);
  const plane = openDataPlane({ allowInsecureLoopback: true });

  async function send(expected: number, request: Omit<DataRequest, 'sas' | 'signal'>): Promise<DataAnswer> {
    const options = { patience: PATIENCE, code: CODE, step: STEP, progress: () => 0, signal } as const;
    return withPatience(options, async () => {
      const answer = await plane.send({ ...request, sas: link, signal });
      // Nobody can give a new link here: what is refused once stays refused.
      if (answer.status === 403 || answer.status === 404) throw refused(link, answer);
      if (answer.status !== expected) refuseAnswer(answer, CODE, STEP);
      return answer;
    });
  }

  return {
    async sizeBytes() {
      const { headers } = await send(200, { method: 'HEAD' });
      return Number(headers['content-length']);
    },
    async write(offset, bytes) {
      for (const run of nonZeroRuns(bytes, MAX_WRITE_BYTES)) {
        const body = bytes.subarray(run.offset, run.offset + run.length);
        const from = offset + run.offset;
        const headers = {
          'x-ms-range': `bytes=${from}-${from + body.length - 1}`,
          'x-ms-page-write': 'update',
          'content-type': 'application/octet-stream',
        };
        await send(201, { method: 'PUT', query: 'comp=page', headers, body });
      }
    },
    close: () => plane.close(),
  };
}

const refused = (link: string, { status, headers }: DataAnswer) =>
  backupError(
    'UploadRefused',
    `${withoutSignature(link)} answered ${status} ${headers['x-ms-error-code'] ?? ''}`.trim(),
  );
