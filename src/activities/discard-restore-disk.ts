import { discardRestoreDisk } from '../compute/discard-disk';
import { registerActivity } from './register-activity';

registerActivity('discardRestoreDisk', ({ token, ...input }, { compute }) =>
  discardRestoreDisk(compute, input, token),
);
