import { createRestoreDisk } from '../../compute/restore/restore-disk';
import { registerActivity } from '../register-activity';

registerActivity('createRestoreDisk', ({ token, ...input }, { compute }) =>
  createRestoreDisk(compute, input, token),
);
