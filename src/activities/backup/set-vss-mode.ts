import { setVssMode } from '../../compute/guest/vss-mode';
import { registerActivity } from '../register-activity';

registerActivity('setVssMode', ({ token, ...input }, { compute }) => setVssMode(compute, input, token));
