import { Command, Option } from 'commander';
import { publishBlock } from '../support/page';
import { parseShare, parseSize } from './parse';
import { BLOB_TIERS, type BlobTier } from './prices';
import { renderCost } from './report';

function main(args: string[]): void {
  const command = new Command('npm run cost --')
    .description(
      'What the backups of a disk cost at list price: requests, GB-months and compute, by hosting plan.',
    )
    .option('--disk <size>', 'size of the disk', '1TiB')
    .option('--churn <share>', 'of the disk, what changes each day', '1%')
    .option('--used <share>', 'of the disk, what holds data', '60%')
    .option('--compression <share>', 'stored bytes for each plain byte', '50%')
    .option('--retention <days>', 'daily points kept', Number, 30)
    .addOption(
      new Option('--tier <tier>', 'tier of the vault').choices(Object.keys(BLOB_TIERS)).default('hot'),
    )
    .option('--publish', 'put the figures into docs/performance.md', false)
    .parse(args, { from: 'user' });
  const { disk, churn, used, compression, retention, tier, publish } = command.opts();
  const figures = renderCost({
    diskBytes: parseSize(disk),
    churnShare: parseShare(churn),
    usedShare: parseShare(used),
    compression: parseShare(compression),
    retentionDays: retention,
    tier: tier as BlobTier,
  });
  console.log(figures);
  if (publish) publishBlock('cost', figures);
}

try {
  main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof RangeError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
