import fc from 'fast-check';
import { z } from 'zod';
import { collection } from '../../src/documents/collection';
import { countingBlobStore } from '../../src/storage/counting-blob-store';
import { memoryBlobStore } from '../../src/storage/memory-blob-store';

const Counter = z.strictObject({ count: z.int() });
const SUMMARY = 'summaries/counters.json.gz';
const nameOf = (index: number) => `counter-${String(index).padStart(4, '0')}`;

function installation() {
  const store = memoryBlobStore();
  /** A process that starts now: it knows nothing but what is stored. */
  const startProcess = () => {
    const counted = countingBlobStore(store);
    const counters = collection(counted, 'counters', Counter, { remember: 'in-summary' });
    const list = async () => {
      const found: Record<string, number> = {};
      for await (const { name, value } of counters.list()) found[name] = value.count;
      return found;
    };
    const requestsOf = async (work: () => Promise<unknown>) => {
      const before = counted.requests();
      await work();
      return counted.requests() - before;
    };
    return { counters, list, requestsOf };
  };
  return { store, startProcess };
}

async function installationOf(size: number) {
  const { store, startProcess } = installation();
  const writer = startProcess();
  for (let index = 0; index < size; index++) await writer.counters.create(nameOf(index), { count: index });
  await writer.list();
  return { store, startProcess, writer };
}

test('a process that starts reads the summary instead of thousands of documents', async () => {
  const { startProcess } = await installationOf(5000);
  const started = startProcess();
  expect(await started.requestsOf(started.list)).toBe(2);
  expect(Object.keys(await started.list())).toHaveLength(5000);
});

test('it reads what has changed since the summary, and so few documents do not make a new one', async () => {
  const { startProcess, writer } = await installationOf(1000);
  for (let index = 0; index < 60; index++) await writer.counters.update(nameOf(index), () => ({ count: -1 }));
  await writer.list();
  const started = startProcess();
  expect(await started.requestsOf(started.list)).toBe(2 + 60);
  expect((await started.list())[nameOf(7)]).toBe(-1);
});

test('however many documents have changed, a process that starts reads few of them', async () => {
  const { startProcess, writer } = await installationOf(1000);
  for (let round = 1; round <= 1000; round++) {
    await writer.counters.update(nameOf(round % 250), () => ({ count: -round }));
    if (round % 10 === 0) await writer.list();
  }
  const started = startProcess();
  expect(await started.requestsOf(started.list)).toBeLessThan(2 + 1000 / 10);
});

test('what a process has written itself it need not read', async () => {
  const { writer } = await installationOf(10);
  await writer.counters.update(nameOf(3), () => ({ count: 33 }));
  expect(await writer.requestsOf(writer.list)).toBe(1);
});

test('few documents make no summary', async () => {
  const { store } = await installationOf(60);
  expect(await store.head(SUMMARY)).toBeUndefined();
});

test('a summary that cannot be written hides no document', async () => {
  const store = memoryBlobStore();
  const broken: typeof store = {
    ...store,
    put: (name, ...rest) => (name === SUMMARY ? Promise.reject(new Error('no')) : store.put(name, ...rest)),
  };
  const counters = collection(broken, 'counters', Counter, { remember: 'in-summary' });
  for (let index = 0; index < 100; index++) await counters.create(nameOf(index), { count: index });
  const names: string[] = [];
  for await (const { name } of counters.list()) names.push(name);
  expect(names).toHaveLength(100);
});

test('whatever several processes write, delete and restart, and whatever becomes of the summary, a listing shows what is there', async () => {
  const SIZE = 70;
  const process = fc.nat(2);
  const name = fc.nat(SIZE).map(nameOf);
  const step = fc.oneof(
    fc.record({ does: fc.constant('write' as const), process, name, count: fc.nat() }),
    fc.record({ does: fc.constant('write all' as const), process, count: fc.nat() }),
    fc.record({ does: fc.constant('delete' as const), process, name }),
    fc.record({ does: fc.constant('restart' as const), process }),
    fc.record({ does: fc.constant('list' as const), process }),
    fc.record({ does: fc.constant('damage' as const), process, at: fc.nat(2000), cut: fc.boolean() }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
      const { store, startProcess } = await installationOf(SIZE);
      const truth = Object.fromEntries(Array.from({ length: SIZE }, (_, index) => [nameOf(index), index]));
      const processes = [startProcess(), startProcess(), startProcess()];
      for (const each of steps) {
        const { counters, list } = processes[each.process]!;
        if (each.does === 'restart') processes[each.process] = startProcess();
        if (each.does === 'list') expect(await list()).toEqual(truth);
        if (each.does === 'delete') {
          await counters.delete(each.name);
          delete truth[each.name];
        }
        if (each.does === 'write') {
          await counters.update(each.name, () => ({ count: each.count }));
          truth[each.name] = each.count;
        }
        if (each.does === 'write all') {
          for (const key of Object.keys(truth)) {
            await counters.update(key, () => ({ count: each.count }));
            truth[key] = each.count;
          }
        }
        if (each.does === 'damage') {
          const { body } = (await store.get(SUMMARY)) ?? { body: Buffer.from('none') };
          body[each.at % body.length]! ^= 1;
          await store.put(SUMMARY, each.cut ? body.subarray(0, each.at % body.length) : body);
        }
      }
      for (const { list } of processes) expect(await list()).toEqual(truth);
    }),
    { numRuns: 40 },
  );
});
