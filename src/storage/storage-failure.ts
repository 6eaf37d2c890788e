import { type FailureCode, isStorageCode } from '../failures/catalogue';
import { BackupError, backupError } from '../failures/failure';
import { ObjectError, objectError } from './object-error';

/** A refusal as the SDK, the service behind it or the network told it. */
interface Refusal {
  /** For example `AuthorizationFailure` or `ECONNREFUSED`; empty when there was none. */
  code: string;
  /** HTTP status; absent where no answer came. */
  status?: number;
  /** The first line of the service's own words. */
  words: string;
  retryAfterSeconds?: number;
}

interface Rule {
  code?: RegExp;
  status?: (status: number) => boolean;
  is: FailureCode;
}

const only = (wanted: number) => (status: number) => status === wanted;

/**
 * What the words of the blob service mean. The first match counts. Sources: "Common REST API error codes",
 * "Blob Storage error codes", "Troubleshoot 403 errors" and "Blob rehydration from the archive tier" of the
 * Azure Storage documentation.
 */
const RULES: Rule[] = [
  { code: /^(BlobArchived|BlobBeingRehydrated)$/, is: 'VaultBlobArchived' },
  { code: /^KeyBasedAuthenticationNotPermitted$/, is: 'VaultKeyAccessDisabled' },
  { code: /^(AccountIsDisabled|AccountBeingDeleted)$/, is: 'VaultAccountDisabled' },
  { code: /^KeyVault/, is: 'VaultEncryptionKeyUnavailable' },
  { code: /^ContainerNotFound$/, is: 'VaultContainerMissing' },
  { code: /^Container(BeingDeleted|Disabled)$/, is: 'VaultContainerBusy' },
  // A signed request that no rule of the account's network lets in gets this code; a missing role is a
  // permission mismatch.
  { code: /^(AuthorizationFailure|AuthorizationSourceIPMismatch)$/, is: 'VaultFirewall' },
  {
    code: /^(AuthorizationPermissionMismatch|InsufficientAccountPermissions|Authorization(Service|ResourceType|Protocol)Mismatch)$/,
    is: 'VaultAccessDenied',
  },
  {
    code: /^(AuthenticationFailed|InvalidAuthenticationInfo|NoAuthenticationInformation|PublicAccessNotPermitted)$/,
    is: 'VaultSignInRefused',
  },
  { code: /^(BlobImmutableDueToPolicy|LeaseIdMissing)$/, is: 'VaultContentLocked' },
  { code: /^(ENOSPC|EDQUOT|AccountLimitExceeded|InsufficientStorage)$/, is: 'VaultFull' },
  { status: only(507), is: 'VaultFull' },
  { status: only(429), is: 'VaultThrottled' },
  { code: /^(ServerBusy|TooManyRequests|OperationRateLimitExceeded)$/, is: 'VaultThrottled' },
  { status: only(401), is: 'VaultSignInRefused' },
  { status: only(403), is: 'VaultAccessDenied' },
  { status: only(408), is: 'VaultUnavailable' },
  { code: /^(AccountBeingCreated|OperationTimedOut|PARSE_ERROR)$/, is: 'VaultUnavailable' },
  { status: (status) => status >= 500, is: 'VaultUnavailable' },
  { status: (status) => status >= 400, is: 'VaultRequestRefused' },
  { status: () => true, is: 'VaultUnavailable' },
];

/** Refusals that concern the one blob that was asked for, and no other. */
const isOfOneBlob = (code: FailureCode) => code === 'VaultBlobArchived' || code === 'VaultReadIncomplete';

/**
 * What the SDK, a connection or a file system threw, as a failure of the catalogue that names the blob, if
 * one was meant; every other value as it is, among them failures of the catalogue and the reason of whoever
 * broke off.
 */
export function storageFailure(error: unknown, blobName?: string): unknown {
  if (error instanceof BackupError || !(error instanceof Error) || error.name === 'AbortError') return error;
  const found = causeOf(error);
  if (!found) return error;
  const { code, refusal } = found;
  const told = [refusal.code, refusal.status, refusal.words].filter(
    (part) => part !== undefined && part !== '',
  );
  const detail = told.join(', ') || 'no reason was given';
  if (blobName !== undefined && isOfOneBlob(code)) return objectError(code, blobName, detail);
  const { retryAfterSeconds } = refusal;
  const whole = blobName === undefined ? detail : `${blobName}: ${detail}`;
  return backupError(code, whole, { cause: error, retryAfterSeconds });
}

/**
 * Whether the storage refuses as a whole, or for the moment: that says nothing about the object that was
 * asked for, and nothing may be decided by it.
 */
export const isStorageRefusal = (error: unknown): boolean =>
  error instanceof BackupError &&
  isStorageCode(error.failure.code) &&
  (error.failure.retryable || !(error instanceof ObjectError));

function causeOf(error: Error): { code: FailureCode; refusal: Refusal } | undefined {
  if (/^Data corruption failure/.test(error.message))
    return { code: 'VaultReadIncomplete', refusal: { code: '', words: firstLine(error.message) } };
  if (
    /^(CredentialUnavailable|Authentication|AggregateAuthentication|AuthenticationRequired)Error$/.test(
      error.name,
    )
  )
    return { code: 'VaultSignInFailed', refusal: { code: error.name, words: '' } };
  const refusal = refusalOf(error);
  const rule = RULES.find((one) => matches(one, refusal));
  if (rule) return { code: rule.is, refusal };
  // No answer at all: the codes of Node.js for sockets, names and certificates, and the SDK's own.
  const unreachable = error.name === 'RestError' || NO_CONNECTION.test(refusal.code);
  return unreachable ? { code: 'VaultUnreachable', refusal } : undefined;
}

const NO_CONNECTION = /^(E[A-Z]+|ERR_(TLS|SSL)_[A-Z_]+|[A-Z_]*(CERT|SIGNATURE)[A-Z_]*)$/;

function matches({ code, status }: Rule, refusal: Refusal): boolean {
  if (code && !code.test(refusal.code)) return false;
  return !status || (refusal.status !== undefined && status(refusal.status));
}

/**
 * What is read of an error of the SDK; its own classes are loaded twice where two versions of a package are.
 */
interface ThrownError extends Error {
  code?: unknown;
  statusCode?: number;
  details?: { errorCode?: unknown };
  response?: { headers: { get(name: string): string | undefined } };
}

function refusalOf(error: ThrownError): Refusal {
  const { statusCode: status, response, message } = error;
  // The answer to a HEAD has no body: there the code stands in a header only.
  const code = response?.headers.get('x-ms-error-code') ?? error.details?.errorCode ?? error.code;
  const retryAfter = response?.headers.get('retry-after');
  return {
    code: typeof code === 'string' ? code : '',
    status,
    words: firstLine(message),
    retryAfterSeconds: retryAfter && /^\d{1,4}$/.test(retryAfter) ? Number(retryAfter) : undefined,
  };
}

/**
 * Ids and times follow below it, in some answers what was signed, too. Links lose their query, which may hold
 * a signature.
 */
const firstLine = (text: string): string => (text.split('\n', 1)[0] ?? '').replace(/\?\S*/g, '').trim();
