import * as df from 'durable-functions';
import type { BackupRequest } from '../backup/backup-request';
import type { Steps } from './orchestration/call-activity';

/** Backs up VMs one after the other. A backup returns its failures; whatever else happens to one must not cost the next. */
df.app.orchestration('backupLane', function* backupLane(context): Steps<{
  succeeded: number;
  failed: number;
}> {
  const { requests }: { requests: BackupRequest[] } = context.df.getInput();
  let succeeded = 0;
  for (const request of requests) {
    try {
      const outcome = yield context.df.callSubOrchestrator('backupVm', request, request.jobId);
      if (outcome.ok) succeeded++;
    } catch {
      if (!context.df.isReplaying) context.warn(`The backup ${request.jobId} ended without an outcome.`);
    }
  }
  return { succeeded, failed: requests.length - succeeded };
});
