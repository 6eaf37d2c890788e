import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { renderFigures, renderTargets } from '../system/report';
import { runSmoke } from './smoke';

/** `npm run bench:smoke`: fails when a target about bytes or requests is missed. Nothing timed decides anything. */
async function main(): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'durable-vm-backup-smoke-'));
  const { summary, targets } = await runSmoke(folder);
  console.log(`${renderFigures(summary)}\n\n${renderTargets(targets)}`);
  if (!targets.every(({ holds }) => holds)) process.exitCode = 1;
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
