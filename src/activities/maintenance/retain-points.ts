import { retainNextVms } from '../../protection/retain';
import { registerActivity } from '../register-activity';

registerActivity('retainPoints', (step, services) => retainNextVms(services, step));
