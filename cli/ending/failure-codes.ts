import { EXIT, type ExitCode } from './exit-codes';

/** What reading a vault failed with, as far as this has to know it: a failure of the catalogue. */
export interface FailedRead {
  code: string;
  message: string;
  remedy: string;
}

/** Which exit code a failure of the catalogue ends with, where it is not simply a failure. */
export const FAILURE_CODES: Readonly<Record<string, ExitCode>> = {
  VaultAddressInvalid: EXIT.usage,
  UploadAddressInvalid: EXIT.usage,
  ServeAddressRefused: EXIT.usage,
  VaultNameInvalid: EXIT.usage,
  VaultNotFound: EXIT.notFound,
  VaultContainerMissing: EXIT.notFound,
  RecoveryPointNotFound: EXIT.notFound,
  VaultSignInRefused: EXIT.notAllowed,
  VaultSignInFailed: EXIT.notAllowed,
  VaultAccessDenied: EXIT.notAllowed,
  VaultFirewall: EXIT.notAllowed,
  VaultKeyAccessDisabled: EXIT.notAllowed,
  VaultFolderRefused: EXIT.notAllowed,
  UploadRefused: EXIT.notAllowed,
  ExportExists: EXIT.conflict,
  CopyTargetIsAnotherVault: EXIT.conflict,
  UploadSizeMismatch: EXIT.conflict,
  ServeAddressInUse: EXIT.conflict,
  OverlayInUse: EXIT.conflict,
  OverlayNotOfDisk: EXIT.conflict,
  VaultUnreachable: EXIT.unreachable,
  VaultUnavailable: EXIT.unreachable,
  ExportIncomplete: EXIT.damaged,
  VaultObjectDamaged: EXIT.damaged,
  VaultObjectMissing: EXIT.damaged,
  VaultObjectTooLarge: EXIT.damaged,
  VaultDocumentInvalid: EXIT.damaged,
};

export const codeOfFailure = ({ code }: FailedRead): ExitCode => FAILURE_CODES[code] ?? EXIT.failed;

/** The failure that an error carries. By its shape: the class belongs to what is loaded when it is needed. */
export function failureOf(error: unknown): FailedRead | undefined {
  const { failure } = (error instanceof Error ? error : {}) as { failure?: Partial<FailedRead> };
  const { code, message, remedy } = failure ?? {};
  return code !== undefined && message !== undefined && remedy !== undefined
    ? { code, message, remedy }
    : undefined;
}
