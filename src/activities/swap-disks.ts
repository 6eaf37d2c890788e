import { swapDisks } from '../compute/swap-disks';
import { registerActivity } from './register-activity';

registerActivity('swapDisks', ({ token, ...input }, { compute }) => swapDisks(compute, input, token));
