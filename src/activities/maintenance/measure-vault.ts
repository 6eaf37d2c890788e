import { measureVault } from '../../vault/usage/kept-report';
import { registerActivity } from '../register-activity';

registerActivity('measureVault', async ({ collected, dryRun }, { vault }) => {
  // What a run has freed is not there any more for the next one.
  const { freedBlobs, freedBytes, purgedPoints, ...left } = collected;
  const next = dryRun
    ? { freedBlobs, freedBytes, purgedPoints }
    : { freedBlobs: 0, freedBytes: 0, purgedPoints: 0 };
  await measureVault(vault, { ...left, ...next });
  return {};
});
