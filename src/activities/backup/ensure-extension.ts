import { ensureExtension } from '../../compute/guest/extension';
import { registerActivity } from '../register-activity';

registerActivity('ensureExtension', ({ token, ...input }, { compute }) =>
  ensureExtension(compute, input, token),
);
