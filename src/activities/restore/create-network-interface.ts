import { createNetworkInterface } from '../../compute/restore/network-interface';
import { brokenInvariant } from '../../failures/failure';
import { readInterfaces } from '../../restore/restore-documents';
import { registerActivity } from '../register-activity';

/** What it is to be is too large for a history. */
registerActivity('createNetworkInterface', async ({ token, jobId, id }, { compute, store }) => {
  const order = (await readInterfaces(store, jobId)).find((one) => one.id === id);
  if (!order?.make) throw brokenInvariant(`The restore ${jobId} makes no network interface ${id}.`);
  return createNetworkInterface(compute, { jobId, id, ...order.make }, token);
});
