export { planVerification } from './plan-verification';
export type { Sample } from './sample';
export {
  listVerifications,
  needsVerification,
  recordVerification,
  type VerificationRecord,
} from './verification-record';
export { type Damage, type VerifyOptions, type VerifyReport, verifyPart, verifyParts } from './verify-part';
