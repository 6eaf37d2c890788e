import '../../../src/functions/orchestrators/verify-disk';
import '../../../src/functions/orchestrators/verify-point';
import { drive, failing } from '../support/orchestrator-driver';

jest.mock(
  'durable-functions',
  () => jest.requireActual('../support/orchestrator-driver').durableFunctionsStandIn,
);

const request = { jobId: 'job-1', pointId: 'web-1.20260301t020000z' };
const disk = (diskId: string) => ({ ...request, diskId, name: diskId, sizeBytes: 1024 });
const sound = { checkedChunks: 1, checkedBytes: 512, skippedChunks: 0, damagedBytes: 0, damage: [] };
const damaged = {
  ...sound,
  damagedBytes: 512,
  damage: [{ offset: 0, length: 512, object: 'chunks/x', code: 'VaultObjectDamaged' }],
};
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
    failure: { code: 'VaultObjectDamaged', message: expect.stringContaining('chunks/x') },
  });
  expect(calls).toContain('recordVerification');
});

test('a verification that could not read to the end is no evidence', () => {
  const { result, calls } = drive('verifyPoint', request, {
    ...scripts(),
    verifyDiskPart: () => failing('VaultObjectMissing'),
  });
  expect(result).toMatchObject({ ok: false });
  expect(calls).not.toContain('recordVerification');
});
