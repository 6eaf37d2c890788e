import type { VerifyReport } from '../../vault/verify';

/** The activities of verifications. */
export interface VerificationActivities {
  prepareVerification: { input: VerificationRequest; output: { disks: VerifiedDisk[] } };
  planDiskVerification: { input: VerifiedDisk; output: { parts: number; bytes: number } };
  verifyDiskPart: { input: VerifiedDisk & { part: number }; output: VerifyReport };
  recordVerification: { input: FinishedVerification; output: Record<string, never> };
  queueVerification: { input: { pointId: string; scheduledBy: string }; output: { jobId: string } };
  listUnverified: { input: { limit: number }; output: { pointIds: string[] } };
}

export interface VerificationRequest {
  jobId: string;
  pointId: string;
}

/** One disk of a recovery point that is read back and checked. */
export interface VerifiedDisk {
  jobId: string;
  pointId: string;
  diskId: string;
  name: string;
  sizeBytes: number;
}

/** What a verification found, for the evidence that is kept beside the point. */
export interface FinishedVerification extends VerificationRequest {
  disks: ({ diskId: string } & VerifyReport)[];
}
