import fc from 'fast-check';
import { findJobs } from '../../src/jobs/find-jobs';
import type { Job } from '../../src/jobs/job';
import { describeJobId, stampOf, timeOf } from '../../src/jobs/job-id';
import { jobs } from '../../src/jobs/jobs';
import { memoryBlobStore } from '../../src/storage/memory-blob-store';

const START = Date.parse('2026-03-01T00:00:00Z');
const at = (minutes: number) => new Date(START + minutes * 60_000).toISOString();
const record = (id: string, state: Job['state']): Job => ({
  id,
  kind: describeJobId(id).kind,
  state,
  trigger: 'schedule',
  createdAt: timeOf(id),
  disks: [],
  warnings: [],
});

async function recorded(list: { minute: number; vm: string; state: Job['state'] }[]) {
  const collection = jobs(memoryBlobStore());
  const ids: string[] = [];
  for (const { minute, vm, state } of list) {
    const id = `${stampOf(at(minute))}-backup-${vm}`;
    if (await collection.create(id, record(id, state))) ids.push(id);
  }
  let reads = 0;
  const counting = {
    names: collection.names,
    read: (id: string) => {
      reads += 1;
      return collection.read(id);
    },
  };
  return { counting, ids, reads: () => reads };
}

test('pages together hold every match once, newest first, whatever the filters and the size of a page', async () => {
  const state = fc.constantFrom('Succeeded' as const, 'Failed' as const);
  const one = fc.record({ minute: fc.nat(5000), vm: fc.constantFrom('a', 'a-b', 'b'), state });
  await fc.assert(
    fc.asyncProperty(
      fc.array(one, { maxLength: 25 }),
      fc.record({
        vm: fc.constantFrom(undefined, 'a', 'a-b'),
        state: fc.option(state, { nil: undefined }),
        from: fc.option(fc.nat(5000), { nil: undefined }),
        to: fc.option(fc.nat(5000), { nil: undefined }),
      }),
      fc.integer({ min: 1, max: 5 }),
      async (list, filter, limit) => {
        const { counting, ids } = await recorded(list);
        const search = {
          vm: filter.vm,
          state: filter.state,
          from: filter.from === undefined ? undefined : at(filter.from),
          to: filter.to === undefined ? undefined : at(filter.to),
          limit,
        };
        const found: string[] = [];
        let after: string | undefined;
        do {
          const page = await findJobs(counting, { ...search, after });
          found.push(...page.jobs.map(({ id }) => id));
          after = page.next;
        } while (after !== undefined);
        const states = new Map<string, Job['state']>();
        for (const { minute, vm, state: known } of list) {
          const id = `${stampOf(at(minute))}-backup-${vm}`;
          if (!states.has(id)) states.set(id, known);
        }
        const wanted = ids.filter((id) => {
          const time = Date.parse(timeOf(id));
          return (
            (search.vm === undefined || describeJobId(id).rest === search.vm) &&
            (search.state === undefined || states.get(id) === search.state) &&
            (search.from === undefined || time >= Date.parse(search.from)) &&
            (search.to === undefined || time < Date.parse(search.to))
          );
        });
        expect([...found].sort()).toEqual(wanted.sort());
        expect(found.map(timeOf)).toEqual(found.map(timeOf).sort().reverse());
      },
    ),
    { numRuns: 60 },
  );
});

test('a page of a long history reads only about as many records as it shows', async () => {
  const list = Array.from({ length: 400 }, (_, minute) => ({ minute, vm: 'a', state: 'Succeeded' as const }));
  const { counting, reads } = await recorded(list);
  expect((await findJobs(counting, { limit: 10 })).jobs).toHaveLength(10);
  expect(reads()).toBeLessThan(40);
});
