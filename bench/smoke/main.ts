import path from 'node:path';
import { projectRoot } from '../../local/process/project-root';
import { renderFigures, renderTargets } from '../system/report';
import { runSmoke } from './smoke';

/**
 * `npm run bench:smoke`: fails when a target about bytes or requests is missed. Nothing timed decides
 * anything.
 */
async function main(): Promise<void> {
  const { summary, targets } = await runSmoke(path.join(projectRoot(), 'bench', 'out', 'smoke'));
  console.log(`${renderFigures(summary)}\n\n${renderTargets(targets)}`);
  if (!targets.every(({ holds }) => holds)) process.exitCode = 1;
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
