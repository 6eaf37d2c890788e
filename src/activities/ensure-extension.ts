import { ensureExtension } from '../compute/extension';
import { registerActivity } from './register-activity';

registerActivity('ensureExtension', ({ token, ...input }, { compute }) =>
  ensureExtension(compute, input, token),
);
