import { openDiskAccess } from '../../compute/disks/disk-access';
import { registerActivity } from '../register-activity';

registerActivity('openDiskAccess', ({ token, ...input }, { compute }) =>
  openDiskAccess(compute, input, token),
);
