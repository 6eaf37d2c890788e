import { lookAhead } from '../../../src/vault/transfer/look-ahead';
import type { PartTask } from '../../../src/vault/transfer/part-tasks';

const CHUNKS = 64;

/** One segment; a look is told from another one by the number of its chunk. */
async function* segment(): AsyncGenerator<PartTask> {
  const open = { segment: 3 };
  for (let chunk = 0; chunk < CHUNKS; chunk += 1) yield { do: 'look', task: { chunk }, open } as never;
  yield { do: 'finish', open } as never;
}

/** The chunks that are looked at ahead, in their order; after as many as `meetAt` says somebody is met. */
async function walk(run: string, meetAt: number[] = []): Promise<number[]> {
  const ahead: number[] = [];
  const met = () => meetAt.filter((at) => ahead.length >= at).length;
  const inTurn: number[] = [];
  for await (const item of lookAhead(segment(), { run, met, atOnce: 4 })) {
    if (item.do === 'look-ahead') ahead.push(item.of.task.chunk);
    if (item.do === 'look') inTurn.push(item.task.chunk);
  }
  expect(inTurn).toEqual([...Array(CHUNKS).keys()]);
  expect([...ahead].sort((a, b) => a - b)).toEqual(inTurn);
  return ahead;
}

/** How often a walk does not go on with the next chunk, the end of the disk left out. */
const leaps = (ahead: number[]) =>
  ahead.filter((chunk, at) => at > 0 && chunk !== 0 && chunk !== (ahead[at - 1] ?? 0) + 1).length;

test('a walk visits each chunk once, round and round from a place of its own, always the same for a run', async () => {
  const one = await walk('run-1/os');
  expect(leaps(one)).toBe(0);
  expect(await walk('run-1/os')).toEqual(one);
  const places = await Promise.all([...Array(8).keys()].map(async (run) => (await walk(`run-${run}/os`))[0]));
  expect(new Set(places).size).toBeGreaterThan(4);
});

test('who meets somebody goes on somewhere else, two who met not at the same place', async () => {
  const alone = await walk('run-1/os');
  const met = await walk('run-1/os', [5]);
  expect(met.slice(0, 5)).toEqual(alone.slice(0, 5));
  expect(met[5]).not.toBe(alone[5]);
  const others = await Promise.all([2, 3, 4, 5].map((run) => walk(`run-${run}/os`, [5])));
  expect(new Set(others.map((order) => order[5])).size).toBeGreaterThan(2);
});

test('what was under way when it went somewhere else sends it nowhere again', async () => {
  expect(await walk('run-1/os', [5, 6, 7, 8])).toEqual(await walk('run-1/os', [5]));
  expect(await walk('run-1/os', [5, 20])).not.toEqual(await walk('run-1/os', [5]));
});
