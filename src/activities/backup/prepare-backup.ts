import { prepareBackup } from '../../backup/prepare-backup';
import { readHeldVm } from '../../protection/hold-vm';
import { registerActivity } from '../register-activity';

registerActivity('prepareBackup', async (request, services) =>
  prepareBackup(services, request, await readHeldVm(services, request)),
);
