import { spawnSync } from 'node:child_process';
import { closeSync, ftruncateSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dataRuns, HELPERS } from '../../../../local/compute-emulator/disks/hole-map';

const SIZE = 1024 ** 3;
const BLOCK = 4096;

/** The helpers that this machine has. */
const present = HELPERS.filter(({ command }) => spawnSync(command, ['--version']).status === 0);

describe('the holes of a file', () => {
  let folder: string;
  let sparse: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'holes-'));
    sparse = join(folder, 'sparse.img');
    const file = openSync(sparse, 'w');
    ftruncateSync(file, SIZE);
    for (const position of [0, 100 * BLOCK, SIZE - BLOCK])
      writeSync(file, Buffer.alloc(BLOCK, 1), 0, BLOCK, position);
    closeSync(file);
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  it.each(present)('are found with $command', async (helper) => {
    expect(await dataRuns(sparse, [helper])).toEqual([
      { start: 0, end: BLOCK, value: 'data' },
      { start: 100 * BLOCK, end: 101 * BLOCK, value: 'data' },
      { start: SIZE - BLOCK, end: SIZE, value: 'data' },
    ]);
  });

  it('are read as data where no helper can be run', async () => {
    const missing = { command: join(folder, 'missing'), args: [] };
    expect(await dataRuns(sparse, [missing])).toEqual([{ start: 0, end: SIZE, value: 'data' }]);
  });

  it('fill a file that was never written', async () => {
    const path = join(folder, 'empty.img');
    const file = openSync(path, 'w');
    ftruncateSync(file, SIZE);
    closeSync(file);
    expect(present.length === 0 ? [] : await dataRuns(path)).toEqual([]);
  });
});
