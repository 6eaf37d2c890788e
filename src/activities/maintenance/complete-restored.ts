import { completeRestored } from '../../compute/restore/complete-restored';
import { registerActivity } from '../register-activity';

registerActivity('completeRestored', ({ token, ...input }, { compute }) =>
  completeRestored(compute, input, token),
);
