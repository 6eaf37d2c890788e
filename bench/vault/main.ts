import { existsSync } from 'node:fs';
import { startAzurite } from '../../local/azurite/azurite';
import { connectBlobStore } from '../../src/vault/store/azure-blob-store';
import { openVault, type Vault } from '../../src/vault/vault';
import { buildImages } from '../support/images/build-images';
import { readChanges } from './image-disk';
import { backUpImage, type Measured, restoreImage } from './steps';

const MIB = 1024 * 1024;
const BLOCK = 4096;

/** Change sets of the images, with what they must not exceed. */
const CHANGE_SETS = [
  { version: 'v2s', what: '1 % in scattered 4 KiB blocks', maxRatio: 1.5, blocksPerRequest: 100 },
  { version: 'v2c', what: '1 % clustered in files', maxRatio: 1.3, blocksPerRequest: undefined },
  { version: 'v2t', what: '0.1 % scattered', maxRatio: 1.5, blocksPerRequest: undefined },
];

interface Row {
  step: string;
  seconds: number;
  read: number;
  changed?: number;
  uploaded?: number;
  stored?: number;
  requests?: number;
  verdict?: string;
}

const rows: Row[] = [];
let broken = 0;

function record(step: string, { seconds, summary }: Measured, changedBytes?: number, verdict?: string): void {
  const { readBytes, uploadedBytes, storedBytes, requests } = summary.counts;
  const mib = { read: readBytes / MIB, uploaded: uploadedBytes / MIB, stored: storedBytes / MIB };
  rows.push({ step, seconds, ...mib, changed: changedBytes && changedBytes / MIB, requests, verdict });
}

function judge(limits: [name: string, value: number, limit: number][]): string {
  return limits
    .map(([name, value, limit]) => {
      const kept = value <= limit;
      if (!kept) broken += 1;
      return `${name} ${value.toFixed(2)} ${kept ? '≤' : 'EXCEEDS'} ${limit}`;
    })
    .join(', ');
}

async function benchDisk(vault: Vault, folder: string, disk: string): Promise<void> {
  const first = await backUpImage(vault, folder, `${disk}-v1`);
  record(`${disk} full`, first);
  const twin = await backUpImage(vault, folder, `${disk}-v1`, { vmKey: 'twin' });
  record(
    `${disk} full, second VM`,
    twin,
    0,
    judge([['chunks sent twice', twin.summary.counts.newChunks, 0]]),
  );

  const idle = { base: first.pointId };
  const tracked = await backUpImage(vault, folder, `${disk}-v1`, { ...idle, changes: [] });
  record(
    `${disk} unchanged, tracked`,
    tracked,
    0,
    judge([['requests', tracked.summary.counts.requests, 20]]),
  );
  const compared = await backUpImage(vault, folder, `${disk}-v1`, idle);
  record(`${disk} unchanged, read`, compared, 0, judge([['requests', compared.summary.counts.requests, 20]]));

  for (const { version, what, maxRatio, blocksPerRequest } of CHANGE_SETS) {
    const image = `${disk}-${version}`;
    if (!existsSync(`${folder}/${image}.img`)) continue;
    const changes = readChanges(folder, image);
    const changedBytes = changes.reduce((sum, { length }) => sum + length, 0);
    for (const mode of ['tracked', 'read']) {
      const measured = await backUpImage(vault, folder, image, {
        base: first.pointId,
        changes: mode === 'tracked' ? changes : undefined,
      });
      const { uploadedBytes, requests } = measured.summary.counts;
      const limits: [string, number, number][] = [
        ['uploaded/changed', uploadedBytes / changedBytes, maxRatio],
      ];
      if (blocksPerRequest) {
        limits.push(['requests per 100 blocks', (requests * blocksPerRequest) / (changedBytes / BLOCK), 1]);
      }
      record(`${disk} ${what}, ${mode}`, measured, changedBytes, judge(limits));
      if (mode === 'read') {
        const restored = await restoreImage(vault, folder, image, measured.pointId);
        rows.push({
          step: `${disk} restore of that, compared`,
          seconds: restored.seconds,
          read: restored.dataBytes / MIB,
        });
      }
    }
  }
  const restored = await restoreImage(vault, folder, `${disk}-v1`, first.pointId);
  rows.push({
    step: `${disk} restore of the first, compared`,
    seconds: restored.seconds,
    read: restored.dataBytes / MIB,
  });
}

function print(): void {
  const number = (value: number | undefined, digits = 1) =>
    value === undefined ? '' : value.toFixed(digits);
  console.log(
    'step                                       seconds     read  changed uploaded   stored requests',
  );
  for (const row of rows) {
    const cells = [row.seconds, row.read, row.changed, row.uploaded, row.stored].map((value) =>
      number(value).padStart(8),
    );
    console.log(
      `${row.step.padEnd(42)}${cells.join(' ')} ${number(row.requests, 0).padStart(8)}  ${row.verdict ?? ''}`,
    );
  }
  console.log(
    `MiB; uploaded is before compression and includes indexes and digests. Limits exceeded: ${broken}.`,
  );
}

async function main([folder = '', location]: string[]): Promise<void> {
  if (!folder)
    throw new Error('usage: main.js IMAGES [FOLDER FOR AZURITE]; images that are missing are made');
  if (!existsSync(`${folder}/os-v1.img`)) await buildImages(folder, { scale: 'full', disks: ['os', 'data'] });
  const azurite = await startAzurite({ location });
  try {
    const store = connectBlobStore({ connectionString: azurite.connectionString }, `bench-${Date.now()}`);
    const vault = await openVault(store);
    for (const disk of ['os', 'data'])
      if (existsSync(`${folder}/${disk}-v1.img`)) await benchDisk(vault, folder, disk);
    print();
  } finally {
    await azurite.stop();
  }
  process.exitCode = broken > 0 ? 1 : 0;
}

void main(process.argv.slice(2));
