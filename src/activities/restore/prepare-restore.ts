import { prepareRestore } from '../../restore/prepare-restore';
import { registerActivity } from '../register-activity';

registerActivity('prepareRestore', (request, services) => prepareRestore(services, request));
