import { takeSnapshot } from '../compute/take-snapshot';
import { registerActivity } from './register-activity';

registerActivity('takeSnapshot', ({ token, ...input }, { compute }) => takeSnapshot(compute, input, token));
