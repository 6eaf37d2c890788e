import { registerActivity } from '../register-activity';

registerActivity('recordGuest', async ({ vmKey, ...found }, { protectedVms }) => {
  await protectedVms.update(vmKey, (vm) => vm && { ...vm, ...found });
  return {};
});
