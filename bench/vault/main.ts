import path from 'node:path';
import { Command, Option } from 'commander';
import { startAzurite } from '../../local/azurite/azurite';
import { connectBlobStore } from '../../src/storage/azure-blob-store';
import { buildImages } from '../support/images/build-images';
import type { ImageScale, ImageSpec } from '../support/images/specs';
import { inWorkFolder } from '../support/work-folder';
import { measureVault, type VaultFigures } from './measure';
import { renderVault } from './report';

interface Options {
  disks: ImageSpec['name'][];
  scale: ImageScale;
  images: string;
  work: string;
  connectionString?: string;
}

/**
 * `npm run bench:vault`: fails when a promise about bytes or requests is broken. Nothing timed decides
 * anything.
 */
async function main(args: string[]): Promise<void> {
  const { disks, scale, images, work, connectionString } = parseOptions(args);
  const folder = path.resolve(scale === 'full' ? images : path.join(images, scale));
  await buildImages(folder, { scale, disks, say: console.log });
  const measure = async (storage: string): Promise<VaultFigures> => {
    const all: VaultFigures = { figures: [], checks: [] };
    for (const disk of disks) {
      const store = connectBlobStore({ connectionString: storage }, `bench-vault-${disk}-${Date.now()}`);
      const { figures, checks } = await measureVault(store, folder, disk);
      all.figures.push(...figures);
      all.checks.push(...checks);
    }
    return all;
  };
  const result = connectionString ? await measure(connectionString) : await withAzurite(work, measure);
  console.log(`\n${renderVault(result)}`);
  if (result.checks.some(({ holds }) => !holds)) process.exitCode = 1;
}

function parseOptions(args: string[]): Options {
  return new Command('npm run bench:vault --')
    .description(
      'Backs up disks whose changes are known, and holds what is sent and stored against its bounds.',
    )
    .option('--disks <names>', 'disks to measure: os, data', (names) => names.split(','), ['os', 'data'])
    .addOption(
      new Option('--scale <scale>', 'size of the images').choices(['full', 'small', 'tiny']).default('full'),
    )
    .option('--images <folder>', 'where the images are, or will be made', 'bench/out/images')
    .option('--work <folder>', 'where Azurite gets a folder', 'bench/out')
    .option('--connection-string <text>', 'a storage account to use instead of an Azurite of its own')
    .parse(args, { from: 'user' })
    .opts<Options>();
}

const withAzurite = <T>(work: string, task: (connectionString: string) => Promise<T>): Promise<T> =>
  inWorkFolder(path.resolve(work), async (location) => {
    const azurite = await startAzurite({ location });
    try {
      return await task(azurite.connectionString);
    } finally {
      await azurite.stop();
    }
  });

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
