import { entries } from './entry';

/** Of working straight on a container or a copy of one, and of what is made of a point: files and devices. */
export const DIRECT = entries({
  VaultAddressInvalid: {
    step: 'open vault',
    title: 'What was given as the address of a vault is none.',
    remedy:
      'Give https://ACCOUNT.blob.core.windows.net/CONTAINER, with a shared access signature or without, the address of a container of Azurite, or a folder.',
    retryable: false,
  },
  VaultNotFound: {
    step: 'open vault',
    title: 'There is no vault where one was looked for.',
    remedy: 'Name the container, or the folder of its copy, in which vault.json lies.',
    retryable: false,
  },
  VaultReadOnly: {
    step: 'open vault',
    title: 'The vault is only read here; something tried to change it.',
    remedy: 'Do it through the function app, which the vault belongs to.',
    retryable: false,
  },
  CopyTargetIsAnotherVault: {
    step: 'copy vault',
    title: 'The place that a vault was to be copied to holds another vault.',
    remedy: 'Copy to an empty container or folder, or to an earlier copy of this vault.',
    retryable: false,
  },
  ExportExists: {
    step: 'export',
    title: 'A file of the name that was to be written is there already, or an unfinished export of it.',
    remedy: 'Go on with the unfinished one (resume), name another file, or delete it.',
    retryable: false,
  },
  ExportFileFailed: {
    step: 'export',
    title: 'The file that a disk was to be written to could not be written or read.',
    remedy:
      'Make room, or see to the rights of the folder, as the message says; then go on with what is there (resume).',
    retryable: false,
  },
  ExportIncomplete: {
    step: 'export',
    title: 'Parts of the disk cannot be read from the vault; the rest is in the unfinished file.',
    remedy:
      'Take another point, or go on without them (skip damaged): they read as zeros then. When a later backup has healed the vault, resume fetches just these.',
    retryable: false,
  },
  UploadAddressInvalid: {
    step: 'export',
    title: 'What was given as the address of an upload is none.',
    remedy: 'Give the link that az disk grant-access --access-level Write answers with, with its signature.',
    retryable: false,
  },
  UploadSizeMismatch: {
    step: 'export',
    title: 'The managed disk was made for an upload of another size.',
    remedy: 'Make a disk for the size that the message says, and upload to that.',
    retryable: false,
  },
  UploadRefused: {
    step: 'export',
    title: 'The link of the upload is refused: it has run out, was revoked, or may only read.',
    remedy: 'Ask for a new one (az disk grant-access --access-level Write), and upload again.',
    retryable: false,
  },
  ServeAddressInUse: {
    step: 'serve',
    title: 'The socket or port that a point was to be served on is taken.',
    remedy: 'Name another one, or end the program that has it.',
    retryable: false,
  },
  ServeAddressRefused: {
    step: 'serve',
    title: 'A point is served on this machine only: on a Unix socket or a loopback address.',
    remedy: 'Use a Unix socket, 127.0.0.1 or ::1; take it to another machine through ssh -L.',
    retryable: false,
  },
  OverlayInUse: {
    step: 'serve',
    title: 'Another server writes to this overlay.',
    remedy: 'End the other server, or name another overlay.',
    retryable: false,
  },
  OverlayNotOfDisk: {
    step: 'serve',
    title: 'The file is no overlay of this disk of this recovery point.',
    remedy: 'Name the overlay that was made of this disk of this point, or a file that is not there yet.',
    retryable: false,
  },
  OverlayFailed: {
    step: 'serve',
    title: 'The overlay file could not be read or written.',
    remedy: 'Make room, or see to the rights of the folder, as the message says.',
    retryable: false,
  },
});
