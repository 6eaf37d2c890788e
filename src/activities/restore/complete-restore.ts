import { completeRestore } from '../../restore/complete-restore';
import { registerActivity } from '../register-activity';

registerActivity('completeRestore', ({ jobId, token }, services) => completeRestore(services, jobId, token));
