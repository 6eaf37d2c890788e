import { claimNextBackup } from '../../protection/claim-next';
import { registerActivity } from '../register-activity';

registerActivity('claimNextBackup', async ({ scheduledBy }, services) => ({
  request: await claimNextBackup(services, scheduledBy),
}));
