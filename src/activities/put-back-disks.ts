import { swapDisks } from '../compute/swap-disks';
import { registerActivity } from './register-activity';

/** The same as swapping them in, but no cancellation stops it. */
registerActivity('putBackDisks', ({ token, ...input }, { compute }) => swapDisks(compute, input, token));
