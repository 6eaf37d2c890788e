import { prepareBackup } from '../../backup/prepare-backup';
import { readHeldVm } from '../../protection/hold-vm';
import { refuseUnfinished } from '../../protection/unfinished-restores';
import { registerActivity } from '../register-activity';

registerActivity('prepareBackup', async (request, services) => {
  const vm = await readHeldVm(services, request);
  refuseUnfinished(vm);
  return prepareBackup(services, request, vm);
});
