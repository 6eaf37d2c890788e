import { putBackLeft } from '../../restore/settle-restores';
import { registerActivity } from '../register-activity';

registerActivity('putBackLeft', ({ token, ...restore }, services) => putBackLeft(services, restore, token));
