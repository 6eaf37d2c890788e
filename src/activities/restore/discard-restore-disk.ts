import { discardRestoreDisk } from '../../compute/restore/discard-disk';
import { registerActivity } from '../register-activity';

registerActivity('discardRestoreDisk', ({ token, ...input }, { compute }) =>
  discardRestoreDisk(compute, input, token),
);
