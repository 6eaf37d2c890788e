import { registerActivity } from './register-activity';

registerActivity('recordFirstBackup', async ({ vmKey, extension, windowsChanges }, { protectedVms }) => {
  await protectedVms.update(vmKey, (vm) => vm && { ...vm, extension, windowsChanges });
  return {};
});
