import { unverifiedPoints } from '../../protection/unverified';
import { registerActivity } from '../register-activity';

registerActivity('listUnverified', async ({ limit }, services) => ({
  pointIds: await unverifiedPoints(services, limit),
}));
