import { keepSnapshot } from '../../backup/run-documents';
import { jobOfSnapshot } from '../../compute/snapshots/snapshot';
import { takeSnapshot } from '../../compute/snapshots/take-snapshot';
import type { TakenSnapshot } from '../contract';
import { registerActivity } from '../register-activity';

/** The ids of many disks are too large for a history: they stay in a document of the run. */
registerActivity('takeSnapshot', async ({ token, ...input }, { compute, store }) => {
  const operation = await takeSnapshot(compute, input, token);
  if (!operation.done) return operation;
  await keepSnapshot(store, input.jobId, operation.result);
  const { restorePointId, consistency, disks, copiedInBackground } = operation.result;
  const result: TakenSnapshot = {
    restorePointId,
    consistency,
    diskIds: disks.map(({ diskId }) => diskId),
    slowCopyOf: copiedInBackground ? jobOfSnapshot(restorePointId) : undefined,
  };
  return { done: true, result };
});
