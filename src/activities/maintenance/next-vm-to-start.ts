import { nextVmToStart } from '../../protection/owed-starts';
import { registerActivity } from '../register-activity';

registerActivity('nextVmToStart', async (search, services, log) => ({
  vm: await nextVmToStart(services, search, log),
}));
