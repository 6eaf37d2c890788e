import { randomBytes } from 'node:crypto';
import { closeDiskAccess, openDiskAccess } from '../../../src/compute/disks/disk-access';
import { openDiskSource } from '../../../src/compute/disks/disk-source';
import { removeSnapshot } from '../../../src/compute/snapshots/remove-snapshot';
import type { Snapshot } from '../../../src/compute/snapshots/snapshot';
import { takeSnapshot } from '../../../src/compute/snapshots/take-snapshot';
import type { ByteRange } from '../../../src/disks/ports';
import { type Azure, complete, failureOf, MIB, startAzure } from '../support/azure';
import { readRange } from '../support/read-range';

const before = Buffer.concat([randomBytes(4 * MIB), Buffer.alloc(2 * MIB), randomBytes(2 * MIB)]);
/** One page rewritten, one page cleared, and data where there was none. */
const after = Buffer.from(before);
randomBytes(4096).copy(after, MIB);
after.fill(0, 2 * MIB, 2 * MIB + 4096);
randomBytes(4096).copy(after, 5 * MIB);

const GIB = 2 ** 30;
const TIB = 2 ** 40;
let azure: Azure;
let snapshots = 0;
const made: Snapshot[] = [];

beforeAll(async () => {
  azure = await startAzure([
    {
      name: 'large',
      os: 'Linux',
      disks: [
        {
          lun: -1,
          sparse: { sizeBytes: 3 * TIB, pieces: [{ offset: TIB - 8192, bytes: randomBytes(16_384) }] },
        },
      ],
    },
    {
      name: 'swapped',
      os: 'Linux',
      disks: [
        { lun: -1, sizeBytes: GIB },
        { lun: 0, sizeBytes: GIB },
      ],
    },
    { name: 'closed', os: 'Linux', disks: [{ lun: -1, sizeBytes: MIB, networkAccessPolicy: 'DenyAll' }] },
    { name: 'growing', os: 'Linux', disks: [{ lun: -1, sizeBytes: GIB }] },
    {
      name: 'private',
      os: 'Linux',
      disks: [
        { lun: -1, sizeBytes: MIB, networkAccessPolicy: 'AllowPrivate', publicNetworkAccess: 'Disabled' },
      ],
    },
    {
      name: 'vm',
      os: 'Linux',
      disks: [
        { lun: -1, content: before },
        { lun: 0, content: before },
      ],
    },
  ]);
});
afterEach(async () => {
  await azure.clearFaults();
  // Azure opens five snapshots of a disk at a time.
  for (const taken of made.splice(0)) await complete(removeSnapshot, azure.compute, taken);
});
afterAll(() => azure.close());

async function takeOne(vm = 'vm'): Promise<Snapshot> {
  const input = { ref: azure.ref(vm), jobId: `job-${++snapshots}`, os: 'Linux', running: true } as const;
  const asked = { consistency: 'file-system', fallbackAllowed: true } as const;
  return (await complete(takeSnapshot, azure.compute, { ...input, ...asked })).result;
}
/** A snapshot that lives as long as the test. */
async function snapshot(): Promise<Snapshot> {
  const taken = await takeOne();
  made.push(taken);
  return taken;
}
const osDiskOf = (taken: Snapshot) => taken.disks[0]!.sourceId;

/** A connection that gives up soon, and notes from where each read started. */
function impatient() {
  const starts: number[] = [];
  const { ranges } = azure.compute.dataPlane;
  const watched: typeof ranges = {
    ...ranges,
    read(request, watch) {
      starts.push(request.offset);
      return ranges.read(request, watch);
    },
  };
  const compute = {
    ...azure.compute,
    dataPlane: { ...azure.compute.dataPlane, ranges: watched },
    patience: { tries: 3, firstWaitMs: 1, longestWaitMs: 2 },
  };
  return { compute, starts };
}

describe('reading a disk of a snapshot', () => {
  let sourceId: string;
  const whole: ByteRange = { offset: 0, length: before.length };
  beforeAll(async () => {
    sourceId = osDiskOf(await takeOne());
  });

  it('carries a broken read on from its last good byte', async () => {
    const { compute, starts } = impatient();
    await azure.fault({ operation: 'blob.download', count: 2, effect: { kind: 'cut', afterBytes: MIB } });
    const bytes = await readRange(await openDiskSource(compute, { sourceId }), whole);
    expect(bytes.equals(before)).toBe(true);
    expect(starts).toHaveLength(3);
    expect(starts[0]).toBe(0);
    expect(starts[2]).toBeGreaterThan(starts[1]!);
  });

  it('never takes a body that is too short for the whole', async () => {
    await azure.fault({
      operation: 'blob.download',
      count: 2,
      effect: { kind: 'truncate', missingBytes: 100_000 },
    });
    const bytes = await readRange(await openDiskSource(impatient().compute, { sourceId }), whole);
    expect(bytes.equals(before)).toBe(true);
  });

  it.each([
    ['503', { status: 503, code: 'ServerBusy', retryAfterSeconds: 0 }],
    ['429', { status: 429, code: 'TooManyRequests' }],
    ['500', { status: 500, code: 'InternalError' }],
  ])('rides out a few answers of %s', async (_, refusal) => {
    await azure.fault({ operation: 'blob.*', count: 2, effect: { kind: 'refuse', ...refusal } });
    const source = await openDiskSource(impatient().compute, { sourceId });
    await azure.fault({ operation: 'blob.download', count: 2, effect: { kind: 'refuse', ...refusal } });
    expect((await readRange(source, { offset: 512, length: 4096 })).equals(before.subarray(512, 4608))).toBe(
      true,
    );
  });

  it('asks for a new link when the old one is over in the middle of a disk, and reads on', async () => {
    const source = await openDiskSource(impatient().compute, { sourceId });
    await azure.fault({ operation: 'blob.download', effect: { kind: 'expire' } });
    expect((await readRange(source, whole)).equals(before)).toBe(true);
  });

  it('asks once for a new link, however many reads find the old one over', async () => {
    const source = await openDiskSource(azure.compute, { sourceId });
    const grants = async () => (await azure.calls())['diskRestorePoint.grantAccess']?.calls ?? 0;
    const before = await grants();
    await azure.fault({ operation: 'blob.download', effect: { kind: 'expire' } });
    const reads = Array.from({ length: 8 }, (_, at) => readRange(source, { offset: at * MIB, length: MIB }));
    await Promise.all(reads);
    expect(await grants()).toBe(before + 1);
  });

  it('gives up with a typed failure that says how often it tried, and never shows the link', async () => {
    await azure.fault({
      operation: 'blob.download',
      count: null,
      effect: { kind: 'refuse', status: 503, code: 'ServerBusy' },
    });
    const source = await openDiskSource(impatient().compute, { sourceId });
    const failure = await failureOf(readRange(source, whole));
    expect(failure).toMatchObject({
      step: 'transfer',
      code: 'DiskReadFailed',
      message: expect.stringMatching(/3 tries.*503/),
    });
    expect(JSON.stringify(failure)).not.toMatch(/sig=/);
  });

  it('refuses ranges outside the disk', async () => {
    const source = await openDiskSource(azure.compute, { sourceId });
    const range = { offset: before.length - 512, length: 1024 };
    expect(await failureOf(readRange(source, range))).toMatchObject({ code: 'DiskReadFailed' });
  });

  it('says at once when the network of the disk is closed to it', async () => {
    const opened = openDiskSource(azure.compute, { sourceId: osDiskOf(await takeOne('private')) });
    expect(await failureOf(opened)).toMatchObject({ code: 'DiskAccessDenied', retryable: false });
  });

  it('stops when it is told to', async () => {
    await azure.fault({ operation: 'blob.download', effect: { kind: 'cut', afterBytes: 0 } });
    const source = await openDiskSource(azure.compute, { sourceId });
    const stop = AbortSignal.abort(new Error('cancelled'));
    await expect(readRange(source, whole, stop)).rejects.toThrow(/cancelled|abort/);
  });

  it.each(['blob.download', 'blob.getPageRanges'])(
    'says what the endpoint says when it refuses %s for good',
    async (operation) => {
      const source = await openDiskSource(azure.compute, { sourceId });
      const effect = { kind: 'refuse', status: 410, code: 'ImageChanged', message: 'It is <gone> & lost.' };
      await azure.fault({ operation, effect });
      const asked = operation === 'blob.download' ? readRange(source, whole) : source.allocatedRanges();
      const failure = await failureOf(asked);
      expect(failure).toMatchObject({ code: 'DiskBytesGone', retryable: false });
      expect(failure.message).toContain('answered 410 ImageChanged: It is <gone> & lost.');
    },
  );

  it('says when the snapshot is gone', async () => {
    const taken = await snapshot();
    const source = await openDiskSource(impatient().compute, { sourceId: osDiskOf(taken) });
    await complete(removeSnapshot, azure.compute, taken);
    expect(await failureOf(readRange(source, whole))).toMatchObject({ code: 'SnapshotGone' });
  });

  it('lists allocated pages only, the same in one window and in many', async () => {
    const source = await openDiskSource(azure.compute, { sourceId });
    const all = await source.allocatedRanges();
    expect(all).toEqual([
      { offset: 0, length: 4 * MIB },
      { offset: 6 * MIB, length: 2 * MIB },
    ]);
    const windows = [];
    for (let offset = 0; offset < before.length; offset += MIB) {
      windows.push(...(await source.allocatedRanges({ offset, length: MIB })));
    }
    expect(windows.reduce((sum, { length }) => sum + length, 0)).toBe(6 * MIB);
  });
});

describe('a disk of many windows', () => {
  it('is listed window by window, and what a border cuts is joined again', async () => {
    const { dataPlane } = azure.compute;
    const windows: string[] = [];
    const send: typeof dataPlane.send = (request) => {
      if (request.query) windows.push(String(request.headers?.['x-ms-range']));
      return dataPlane.send(request);
    };
    const watched = { ...azure.compute, dataPlane: { ...dataPlane, send } };
    const source = await openDiskSource(watched, { sourceId: osDiskOf(await takeOne('large')) });
    expect(await source.allocatedRanges()).toEqual([{ offset: TIB - 8192, length: 16_384 }]);
    expect(windows).toEqual([0, 1, 2].map((at) => `bytes=${at * TIB}-${(at + 1) * TIB - 1}`));
    expect(
      (await readRange(source, { offset: 3 * TIB - 4096, length: 4096 })).every((byte) => byte === 0),
    ).toBe(true);
  });
});

describe('a disk so fragmented that the service cannot list it at once', () => {
  it('is listed in smaller pieces', async () => {
    const { compute } = impatient();
    const source = await openDiskSource(compute, { sourceId: osDiskOf(await takeOne('large')) });
    const tooLong = { kind: 'refuse', status: 500, code: 'OperationTimedOut' };
    await azure.fault({ operation: 'blob.getPageRanges', count: 7, effect: tooLong });
    expect(await source.allocatedRanges()).toEqual([{ offset: TIB - 8192, length: 16_384 }]);
  });
});

describe('what changed since a base snapshot', () => {
  it('is told page by page: rewritten, cleared and new', async () => {
    const base = await snapshot();
    await azure.guestWrites('vm', -1, after);
    const source = await openDiskSource(azure.compute, {
      sourceId: osDiskOf(await snapshot()),
      baseSourceId: osDiskOf(base),
    });
    expect(await source.changedRanges?.()).toEqual([
      { offset: MIB, length: 4096, cleared: false },
      { offset: 2 * MIB, length: 4096, cleared: true },
      { offset: 5 * MIB, length: 4096, cleared: false },
    ]);
  });

  it('is asked for again when one of the two links is over', async () => {
    const base = await snapshot();
    const input = { sourceId: osDiskOf(await snapshot()), baseSourceId: osDiskOf(base) };
    const source = await openDiskSource(impatient().compute, input);
    await source.changedRanges!();
    for (const sourceId of Object.values(input))
      await complete(closeDiskAccess, { ...azure.compute, links: new Map() }, { sourceId });
    expect(await source.changedRanges!()).toEqual([]);
  });

  it('fails as it is when Azure only asks to wait, since that is no doubt about the base', async () => {
    const base = await snapshot();
    const input = { sourceId: osDiskOf(await snapshot()), baseSourceId: osDiskOf(base) };
    const source = await openDiskSource(impatient().compute, input);
    const throttle = { kind: 'refuse', status: 429, code: 'TooManyRequests', retryAfterSeconds: 9 };
    await azure.fault({ operation: 'diskRestorePoint.grantAccess', effect: throttle });
    expect(await failureOf(source.changedRanges!())).toMatchObject({
      code: 'TooManyRequests',
      retryAfterSeconds: 9,
    });
  });

  it('is refused when the base is gone, so that the disk is read in full', async () => {
    const base = await snapshot();
    const sourceId = osDiskOf(await snapshot());
    await complete(removeSnapshot, azure.compute, base);
    const source = await openDiskSource(impatient().compute, { sourceId, baseSourceId: osDiskOf(base) });
    expect(await failureOf(source.changedRanges!())).toMatchObject({
      code: 'ChangedBlocksUnavailable',
      retryable: false,
    });
  });

  it('is refused when the base is of another disk', async () => {
    const taken = await snapshot();
    const other = taken.disks[1]!.sourceId;
    const source = await openDiskSource(impatient().compute, {
      sourceId: osDiskOf(taken),
      baseSourceId: other,
    });
    expect(await failureOf(source.changedRanges!())).toMatchObject({ code: 'ChangedBlocksUnavailable' });
  });

  it('is refused when the disk was made anew under the same name, which is another disk', async () => {
    const base = await takeOne('swapped');
    const { subscriptionId, resourceGroup } = azure.ref('swapped');
    const { virtualMachines, disks } = azure.compute.client(subscriptionId);
    const { location, storageProfile } = await virtualMachines.get(resourceGroup, 'swapped');
    const { managedDisk, name = '' } = storageProfile!.dataDisks![0]!;
    const diskId = managedDisk!.id!;
    await virtualMachines
      .attachDetachDataDisks(resourceGroup, 'swapped', { dataDisksToDetach: [{ diskId }] })
      .submitted();
    await disks.delete(resourceGroup, name);
    const creationData = { createOption: 'Empty' };
    await disks.createOrUpdate(resourceGroup, name, { location, diskSizeGB: 1, creationData });
    const attach = { dataDisksToAttach: [{ diskId, lun: 0 }] };
    await virtualMachines.attachDetachDataDisks(resourceGroup, 'swapped', attach).submitted();
    const taken = await takeOne('swapped');
    expect(taken.disks[1]!.uniqueId).not.toBe(base.disks[1]!.uniqueId);
    expect(taken.disks[1]!.familyId).not.toBe(base.disks[1]!.familyId);
    const input = { sourceId: taken.disks[1]!.sourceId, baseSourceId: base.disks[1]!.sourceId };
    const source = await openDiskSource(impatient().compute, input);
    expect(await failureOf(source.changedRanges!())).toMatchObject({
      code: 'ChangedBlocksUnavailable',
      message: expect.not.stringContaining('bytes'),
    });
  });

  it('is refused when the disk was resized in between', async () => {
    const base = await takeOne('growing');
    const { subscriptionId, resourceGroup } = azure.ref('vm');
    const { name } = (await azure.state()).disks.find((disk) => disk.name.startsWith('growing'))!;
    await azure.compute
      .client(subscriptionId)
      .disks.update(resourceGroup, name, { diskSizeGB: 2 })
      .submitted();
    const input = { sourceId: osDiskOf(await takeOne('growing')), baseSourceId: osDiskOf(base) };
    const source = await openDiskSource(azure.compute, input);
    expect(source.sizeBytes).toBe(2 * GIB);
    expect(await failureOf(source.changedRanges!())).toMatchObject({ code: 'ChangedBlocksUnavailable' });
  });

  it.each([
    ['unaligned', '<PageList><PageRange><Start>0</Start><End>510</End></PageRange></PageList>'],
    [
      'beyond the end',
      `<PageList><PageRange><Start>0</Start><End>${before.length + 1023}</End></PageRange></PageList>`,
    ],
    ['cut off', '<PageList><PageRange><Start>0</Start><End>511</End>'],
  ])('is refused when the list is %s, and so is a list of allocated pages', async (_, xml) => {
    const taken = await snapshot();
    const { dataPlane } = azure.compute;
    const lying: typeof dataPlane = {
      ...dataPlane,
      async send(request) {
        const answer = await dataPlane.send(request);
        return request.query ? { ...answer, body: Buffer.from(xml) } : answer;
      },
    };
    const input = { sourceId: osDiskOf(taken), baseSourceId: osDiskOf(await snapshot()) };
    const source = await openDiskSource({ ...azure.compute, dataPlane: lying }, input);
    expect(await failureOf(source.allocatedRanges())).toMatchObject({ code: 'PageListRefused' });
    expect(await failureOf(source.changedRanges!())).toMatchObject({ code: 'ChangedBlocksUnavailable' });
  });
});

describe('disk access', () => {
  it('is one link for all that ask, and gone for all when it is closed', async () => {
    const sourceId = osDiskOf(await snapshot());
    await complete(openDiskAccess, azure.compute, { sourceId, access: 'Read' });
    const elsewhere = { ...azure.compute, links: new Map() };
    const source = await openDiskSource(elsewhere, { sourceId });
    await readRange(source, { offset: 0, length: 512 });
    expect((await azure.state()).grants.filter((grant) => grant.resourceId === sourceId)).toHaveLength(1);
    await complete(closeDiskAccess, azure.compute, { sourceId });
    await complete(closeDiskAccess, azure.compute, { sourceId });
    expect((await azure.state()).grants.filter((grant) => grant.resourceId === sourceId)).toEqual([]);
  });

  it('is refused with a typed failure where the disk denies all of it', async () => {
    const sourceId = osDiskOf(await takeOne('closed'));
    const opened = complete(openDiskAccess, azure.compute, { sourceId, access: 'Read' });
    expect(await failureOf(opened)).toMatchObject({
      step: 'disk access',
      code: 'DiskAccessDenied',
      retryable: false,
    });
  });

  it('is open on five snapshots of a disk at most, which is a typed failure that may pass', async () => {
    const six = [];
    for (let at = 0; at < 6; at++) six.push(osDiskOf(await snapshot()));
    const open = (sourceId: string) => complete(openDiskAccess, azure.compute, { sourceId, access: 'Read' });
    const failures = [];
    for (const sourceId of six) failures.push(await failureOf(open(sourceId)).catch(() => undefined));
    const refused = failures.filter((failure) => failure !== undefined);
    expect(refused.at(-1)).toMatchObject({
      step: 'disk access',
      code: 'TooManyDiskAccesses',
      retryable: true,
    });
  });

  it('closing what does not exist is fine', async () => {
    const taken = await snapshot();
    await complete(removeSnapshot, azure.compute, taken);
    expect((await complete(closeDiskAccess, azure.compute, { sourceId: osDiskOf(taken) })).result).toEqual({
      closed: true,
    });
  });
});
