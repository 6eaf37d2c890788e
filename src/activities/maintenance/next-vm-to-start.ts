import { nextVmToStart } from '../../protection/owed-starts';
import { registerActivity } from '../register-activity';

registerActivity('nextVmToStart', async ({ at: begun, after }, services, log) => {
  const at = begun ?? (await services.store.now());
  return { at, vm: await nextVmToStart(services, { at, after }, log) };
});
