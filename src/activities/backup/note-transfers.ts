import { noteTransfers } from '../../backup/run-documents';
import { registerActivity } from '../register-activity';

registerActivity('noteTransfers', async ({ jobId, page, disks }, { store }) => {
  await noteTransfers(store, jobId, page, disks);
  return {};
});
