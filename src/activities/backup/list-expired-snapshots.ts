import { expiredSnapshots } from '../../protection/snapshot-lifetime';
import { registerActivity } from '../register-activity';

registerActivity('listExpiredSnapshots', async (search, services) => {
  const expired = await expiredSnapshots(services, search);
  return { restorePointIds: expired.map(({ restorePointId }) => restorePointId) };
});
