import { removeSnapshot } from '../../compute/snapshots/remove-snapshot';
import { registerActivity } from '../register-activity';

registerActivity('removeSnapshot', ({ token, ...input }, { compute }) =>
  removeSnapshot(compute, input, token),
);
