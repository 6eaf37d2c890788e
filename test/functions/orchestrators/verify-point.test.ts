import '../../../src/functions/orchestrators/verify-disk';
import '../../../src/functions/orchestrators/verify-point';
import { countDamage, noDamage } from '../../../src/vault/damage/damage';
import { drive, failing } from '../support/orchestrator-driver';

jest.mock(
  'durable-functions',
  () => jest.requireActual('../support/orchestrator-driver').durableFunctionsStandIn,
);

const request = { jobId: 'job-1', pointId: 'web-1.20260301t020000z' };
const disk = (diskId: string) => ({ ...request, diskId, name: diskId, sizeBytes: 1024 });
const sound = { checkedChunks: 1, checkedBytes: 512, skippedChunks: 0, ...noDamage() };
const damage = countDamage([
  { offset: 0, length: 512, object: 'chunks/x', code: 'VaultObjectMissing', lost: true },
]);
const damaged = { ...sound, checkedBytes: 0, ...damage };
const scripts = (parts = 2) => ({
  prepareVerification: () => ({ disks: [disk('os'), disk('lun-0')] }),
  planDiskVerification: () => ({ parts, bytes: parts * 512 }),
  verifyDiskPart: (): object => sound,
});

test('every part of every disk is read, also beyond one history, and the evidence is kept', () => {
  const evidence: Record<string, unknown>[] = [];
  const { result, calls } = drive('verifyPoint', request, {
    ...scripts(250),
    recordVerification: (input) => void evidence.push(input),
  });
  expect(result).toMatchObject({ ok: true });
  expect(calls.filter((name) => name === 'verifyDiskPart')).toHaveLength(500);
  expect(evidence[0]?.disks).toEqual([
    expect.objectContaining({ diskId: 'os', checkedChunks: 250 }),
    expect.objectContaining({ diskId: 'lun-0', checkedChunks: 250 }),
  ]);
});

test('damage fails the verification, names the place, and is evidence too', () => {
  const { result, calls } = drive('verifyPoint', request, {
    ...scripts(),
    verifyDiskPart: ({ diskId, part }) => (diskId === 'os' && part === 1 ? damaged : sound),
  });
  expect(result).toMatchObject({
    ok: false,
    failure: { code: 'VaultObjectMissing', message: expect.stringContaining('chunks/x') },
  });
  expect(calls).toContain('recordVerification');
});

test('the progress of a damaged disk ends at its plan, and the job says how much of which disks is damaged', () => {
  const ended: { disks: object[]; error: { message: string } }[] = [];
  drive('verifyPoint', request, {
    ...scripts(),
    verifyDiskPart: ({ part }) => (part === 1 ? damaged : sound),
    endJob: (input) => void ended.push(input as (typeof ended)[0]),
  });
  const shown = { plannedBytes: 1024, readBytes: 1024, state: 'failed' };
  const found = { bytes: 512, ranges: 1, first: [{ offset: 0, length: 512 }] };
  expect(ended[0]?.disks).toEqual(
    ['os', 'lun-0'].map((diskId) => expect.objectContaining({ diskId, damage: found, ...shown })),
  );
  expect(ended[0]?.error.message).toMatch(/512 bytes of the disk os .* 512 bytes of the disk lun-0 .*job-1/s);
});

test('digests that are damaged cost no byte: the verification succeeds with a warning', () => {
  const ended: Record<string, unknown>[] = [];
  const { result } = drive('verifyPoint', request, {
    ...scripts(1),
    verifyDiskPart: () => ({ ...sound, damagedDigests: 2 }),
    endJob: (input) => void ended.push(input),
  });
  expect(result).toMatchObject({ ok: true });
  expect(ended[0]?.shown).toMatchObject({
    warnings: [expect.stringContaining('digests of 2 ranges'), expect.anything()],
  });
});

test('a disk that could not be read to its end is told before the damage of another, which is shown all the same', () => {
  const ended: Record<string, unknown>[] = [];
  const { result } = drive('verifyPoint', request, {
    ...scripts(1),
    verifyDiskPart: ({ diskId }) => (diskId === 'os' ? damaged : failing('VaultContainerMissing')),
    endJob: (input) => void ended.push(input),
  });
  expect(result).toMatchObject({ ok: false, failure: { code: 'VaultContainerMissing' } });
  expect(ended[0]?.disks).toMatchObject([{ damage: { bytes: 512 } }, {}]);
});

test('a verification that could not read to the end is no evidence', () => {
  const { result, calls } = drive('verifyPoint', request, {
    ...scripts(),
    verifyDiskPart: () => failing('VaultObjectMissing'),
  });
  expect(result).toMatchObject({ ok: false });
  expect(calls).not.toContain('recordVerification');
});
