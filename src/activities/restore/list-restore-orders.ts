import { readOrders } from '../../restore/restore-documents';
import { registerActivity } from '../register-activity';

registerActivity('listRestoreOrders', async ({ jobId, from, count }, { store }) => ({
  orders: (await readOrders(store, jobId)).slice(from, from + count),
}));
