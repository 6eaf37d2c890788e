import { discardHalfMade } from '../../compute/restore/discard-half-made';
import { registerActivity } from '../register-activity';

registerActivity('discardHalfMade', ({ token, ...input }, { compute }) =>
  discardHalfMade(compute, input, token),
);
