import { noteRefusals } from '../../protection/refusals';
import { registerActivity } from '../register-activity';

registerActivity('noteRefusals', async ({ refused, ...turn }, services, log) => {
  await noteRefusals(services, log, turn, refused);
  return {};
});
