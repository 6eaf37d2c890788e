import { closeDiskAccess } from '../../compute/disks/disk-access';
import { registerActivity } from '../register-activity';

registerActivity('closeDiskAccess', ({ token, ...input }, { compute }) =>
  closeDiskAccess(compute, input, token),
);
