export type { Sample } from './sample';
export {
  listVerifications,
  needsVerification,
  recordVerification,
  type VerificationRecord,
} from './verification-record';
export {
  type VerifyOptions,
  type VerifyReport,
  verifyOpenedPart,
  verifyPart,
  verifyParts,
} from './verify-part';
