import { endSettling } from '../../restore/settle-restores';
import { registerActivity } from '../register-activity';

registerActivity('endSettling', (settled, services) => endSettling(services, settled));
