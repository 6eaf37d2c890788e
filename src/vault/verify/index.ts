export type { Sample } from './sample';
export {
  listVerifications,
  needsVerification,
  recordVerification,
  type VerificationRecord,
} from './verification-record';
export { type VerifyOptions, type VerifyReport, verifyPart, verifyParts } from './verify-part';
