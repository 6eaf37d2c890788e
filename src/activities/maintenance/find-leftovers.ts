import { nextLeftovers } from '../../protection/leftovers';
import { registerActivity } from '../register-activity';

registerActivity('findLeftovers', (search, services) => nextLeftovers(services, search));
