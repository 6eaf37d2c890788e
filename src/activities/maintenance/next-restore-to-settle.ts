import { nextRestoreToSettle } from '../../restore/settle-restores';
import { registerActivity } from '../register-activity';

registerActivity('nextRestoreToSettle', async (search, services, log) => {
  const at = search.at ?? (await services.store.now());
  return { at, restore: await nextRestoreToSettle(services, { ...search, at }, log) };
});
