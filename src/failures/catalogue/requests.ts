import { entries } from './entry';

/** Of requests to the HTTP API. */
export const REQUESTS = entries({
  InvalidRequest: {
    step: 'request',
    title: 'The request is not valid.',
    remedy: 'Correct the field that is named; the API is described at /api/openapi.json.',
    retryable: false,
  },
  LengthRequired: {
    step: 'request',
    title: 'The request announces a body without its length.',
    remedy: 'Send the body with Content-Length, and without Transfer-Encoding.',
    retryable: false,
  },
  BodyTooLarge: {
    step: 'request',
    title: 'The body of the request is too large.',
    remedy: 'Send a smaller body; no request of this API needs a larger one.',
    retryable: false,
  },
  NotFound: {
    step: 'request',
    title: 'There is nothing of this name.',
    remedy: 'Take the key or id from the list that shows it.',
    retryable: false,
  },
  VmIsGone: {
    step: 'request',
    title: 'The VM is gone from Azure; its recovery points are still there.',
    remedy: 'Restore one of its recovery points to "vm" or "disks".',
    retryable: false,
  },
  JobIsOver: {
    step: 'request',
    title: 'The job has ended.',
    remedy: 'Nothing can be cancelled any more.',
    retryable: false,
  },
  ChangedMeanwhile: {
    step: 'request',
    title: 'It has changed meanwhile.',
    remedy: 'Read it again and repeat the change.',
    retryable: false,
  },
  PolicyInUse: {
    step: 'request',
    title: 'The policy protects VMs.',
    remedy: 'Protect them by another policy, or stop their protection; then delete the policy.',
    retryable: false,
  },
  PolicyIsPreset: {
    step: 'request',
    title: 'The policy is built in.',
    remedy: 'Nothing needs to be deleted: it protects only the VMs that name it.',
    retryable: false,
  },
  PolicyLetsGoOfPoints: {
    step: 'request',
    title: 'The change lets go of recovery points at once.',
    remedy:
      'Look at them: POST /api/policies/{policy}/what-if lists what a change of a policy lets go of, GET /api/vms/{vm}/recovery-points those of a VM. If they may go, repeat the request with ?confirm= and their number.',
    retryable: false,
  },
  IdempotencyKeyReused: {
    step: 'request',
    title: 'The Idempotency-Key belongs to another request.',
    remedy: 'Use a new key for every new request, and the same one only to repeat it.',
    retryable: false,
  },
  NotReady: {
    step: 'request',
    title: 'The app cannot work.',
    remedy: 'Look at the log of the function app.',
    retryable: true,
  },
});
