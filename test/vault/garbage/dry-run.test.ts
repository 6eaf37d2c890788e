import fc from 'fast-check';
import type { BlobItem } from '../../../src/storage/blob-store';
import { collectGarbage } from '../../../src/vault/garbage/collect-garbage';
import { idsUnder } from '../../../src/vault/points/point-ids';
import { applyRetention } from '../../../src/vault/retention/apply-retention';
import type { Vault } from '../../../src/vault/vault';
import { bytesOf, collectable, generateVault } from './support/generated-vault';

const RUNS = 60;

async function everything({ store }: Vault): Promise<BlobItem[]> {
  const blobs: BlobItem[] = [];
  for await (const blob of store.list('')) blobs.push(blob);
  return blobs;
}

describe('a dry run', () => {
  it('of a collection says to the byte what the collection then frees, and changes nothing', async () => {
    let freed = 0;
    await fc.assert(
      fc.asyncProperty(fc.integer(), async (seed) => {
        const { vault, random, advance } = await generateVault(seed);
        advance(random.below(1500));
        const before = await everything(vault);
        const dry = await collectGarbage(vault, { dryRun: true, marksAtOnce: random.pick([5, 1000]) });
        expect(await everything(vault)).toEqual(before);
        const sizes = await collectable(vault);
        const real = await collectGarbage(vault, { marksAtOnce: random.pick([5, 1000]) });
        expect(dry).toEqual({ ...real, dryRun: true });
        expect(dry.deletedBytes).toBe(bytesOf(sizes) - bytesOf(await collectable(vault)));
        freed += dry.deletedBytes;
      }),
      { numRuns: RUNS },
    );
    expect(freed).toBeGreaterThan(0);
  });

  it('of retention says to the byte what becomes free by it in the end', async () => {
    let freed = 0;
    await fc.assert(
      fc.asyncProperty(fc.integer(), async (seed) => {
        const { vault, advanceBeyondGrace } = await generateVault(seed, { deletions: false });
        const request = { vmKey: 'vm-1', rules: { daily: 1 } };
        const before = await everything(vault);
        const { wouldFreeBytes = 0, expire } = await applyRetention(vault, { ...request, dryRun: true });
        const garbage = await collectGarbage(vault, { dryRun: true });
        expect(await everything(vault)).toEqual(before);
        const sizes = await collectable(vault);
        expect((await applyRetention(vault, request)).expire).toEqual(expire);
        advanceBeyondGrace();
        await collectGarbage(vault);
        const gone = bytesOf(sizes) - bytesOf(await collectable(vault));
        expect(gone).toBe(wouldFreeBytes + garbage.deletedBytes + garbage.youngBytes);
        freed += wouldFreeBytes;
      }),
      { numRuns: RUNS },
    );
    expect(freed).toBeGreaterThan(0);
  });

  it('of retention and collection together says in the same fields what both then do', async () => {
    let waiting = 0;
    await fc.assert(
      fc.asyncProperty(fc.integer(), async (seed) => {
        const { vault, random, advance } = await generateVault(seed);
        advance(random.below(700));
        const request = { vmKey: 'vm-1', rules: { daily: 1 } };
        const before = await everything(vault);
        const { expire } = await applyRetention(vault, { ...request, dryRun: true });
        const dry = await collectGarbage(vault, { dryRun: true, deleted: expire });
        expect(await everything(vault)).toEqual(before);
        await applyRetention(vault, request);
        const real = await collectGarbage(vault, { marksAtOnce: random.pick([5, 1000]) });
        expect(dry).toEqual({ ...real, dryRun: true });
        waiting += dry.waitingBytes;
      }),
      { numRuns: RUNS },
    );
    expect(waiting).toBeGreaterThan(0);
  });

  it('counts as waiting just what goes when the graces are over', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer(), async (seed) => {
        const { vault, advanceBeyondGrace } = await generateVault(seed);
        const now = await collectGarbage(vault);
        const sizes = await collectable(vault);
        advanceBeyondGrace();
        const then = await collectGarbage(vault);
        const gone = bytesOf(sizes) - bytesOf(await collectable(vault));
        expect(then.waitingBytes).toBe(0);
        expect(gone).toBe(now.waitingBytes + now.youngBytes);
        expect(then.purgedPoints).toBe(now.waitingPoints);
      }),
      { numRuns: RUNS },
    );
  });

  it('without some points counts what they share once, and what others need not at all', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer(), async (seed) => {
        const { vault, advanceBeyondGrace } = await generateVault(seed);
        const deleted = await idsUnder(vault, 'tombstones/');
        const expire = (await applyRetention(vault, { vmKey: 'vm-2', rules: { daily: 1 }, dryRun: true }))
          .expire;
        const dry = await collectGarbage(vault, { without: [...deleted, ...expire] });
        const sizes = await collectable(vault);
        await applyRetention(vault, { vmKey: 'vm-2', rules: { daily: 1 } });
        advanceBeyondGrace();
        await collectGarbage(vault);
        expect(bytesOf(sizes) - bytesOf(await collectable(vault))).toBe(dry.deletedBytes + dry.youngBytes);
      }),
      { numRuns: RUNS },
    );
  });
});
