import { takeQueuedBackup } from '../../protection/queued-backup';
import { registerActivity } from '../register-activity';

registerActivity('takeQueuedBackup', async ({ takenBy }, { store }) => ({
  request: await takeQueuedBackup(store, takenBy),
}));
