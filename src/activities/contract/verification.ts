import type { VerifyReport } from '../../vault/verify';

/** The activities of verifications. */
export interface VerificationActivities {
  prepareVerification: { input: VerificationRequest; output: { disks: VerifiedDisk[] } };
  planDiskVerification: { input: VerifiedDisk; output: { parts: number; bytes: number } };
  verifyDiskPart: { input: ReadDisk & { part: number }; output: VerifiedPart };
  recordVerification: { input: FinishedVerification; output: Record<string, never> };
  queueVerification: { input: { pointId: string; scheduledBy: string }; output: { jobId: string } };
  listUnverified: { input: { limit: number }; output: { pointIds: string[] } };
}

export interface VerificationRequest {
  jobId: string;
  pointId: string;
}

/** A disk of a recovery point that a job reads. */
export interface ReadDisk {
  jobId: string;
  pointId: string;
  diskId: string;
}

/** One disk of a recovery point that is read back and checked. */
export interface VerifiedDisk extends ReadDisk {
  name: string;
  sizeBytes: number;
}

/**
 * A part, or what a disk came to so far. The runs themselves are kept beside the point: a history has no
 * room.
 */
export type VerifiedPart = Omit<VerifyReport, 'damage'>;

/** What a verification found, for the evidence that is kept beside the point. */
export interface FinishedVerification extends VerificationRequest {
  disks: ({ diskId: string } & Omit<VerifiedPart, 'firstDamage'>)[];
}
