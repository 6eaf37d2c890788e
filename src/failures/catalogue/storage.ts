import { entries } from './entry';

/** Of the storage account that holds the vault: what it may refuse, in any step. */
export const STORAGE = entries({
  VaultAccessDenied: {
    step: 'vault',
    title: 'The identity of the function app may not do this in the storage account of the vault.',
    remedy:
      "Give the identity the role Storage Blob Data Contributor on the vault's container; a new assignment takes up to ten minutes. If it has the role, look for a condition on it.",
    retryable: false,
  },
  VaultKeyAccessDisabled: {
    step: 'vault',
    title: 'The storage account of the vault does not let anybody in by account key.',
    remedy:
      'Set VaultStorage__blobServiceUri in place of the connection string, and give the identity of the function app the role Storage Blob Data Contributor.',
    retryable: false,
  },
  VaultSignInRefused: {
    step: 'vault',
    title:
      'The storage account of the vault does not accept the key, the signature or the token it was shown.',
    remedy:
      'Renew the connection string in VaultStorage if the key was changed or the signature has run out; with an identity, see that the account is in its tenant.',
    retryable: false,
  },
  VaultSignInFailed: {
    step: 'vault',
    title: 'The function app could not get a token for the storage account of the vault.',
    remedy:
      'See that the function app has a managed identity and that it is the one in the settings; otherwise it is tried again.',
    retryable: true,
  },
  VaultFirewall: {
    step: 'vault',
    title: 'The network rules of the storage account of the vault do not let the function app in.',
    remedy:
      "Allow the function app's subnet in the account's networking, or give it a private endpoint. If the account is open to it, a shared access signature lacks the permission.",
    retryable: false,
  },
  VaultAccountDisabled: {
    step: 'vault',
    title: 'The storage account of the vault, or its subscription, is disabled.',
    remedy:
      'Look at the state of the subscription and of the account in the Azure portal, and enable it again.',
    retryable: false,
  },
  VaultEncryptionKeyUnavailable: {
    step: 'vault',
    title: 'The storage account of the vault cannot use the key that it is encrypted with.',
    remedy:
      "Enable the key in its key vault again, and the account's right to wrap and unwrap with it; recover a deleted key within its retention.",
    retryable: false,
  },
  VaultContainerMissing: {
    step: 'vault',
    title: "The vault's container is not there.",
    remedy:
      'Check VaultContainer. If the container was deleted, restore it in the storage account before the app starts again: a start makes a new, empty one.',
    retryable: false,
  },
  VaultContainerBusy: {
    step: 'vault',
    title: "The vault's container is being deleted, or disabled by the service.",
    remedy:
      'Find out who deletes it, and restore it once it is gone; a container of the same name can be made after about a minute.',
    retryable: true,
  },
  VaultBlobArchived: {
    step: 'vault',
    title: 'A blob of the vault is in the Archive tier, where nobody can read or change it.',
    remedy:
      'Set the access tier of the blob to Hot or Cool, which takes up to 15 hours, and take the container out of the lifecycle rule that archives.',
    retryable: false,
  },
  VaultReadIncomplete: {
    step: 'vault',
    title: 'A blob of the vault stopped coming, or came with fewer or more bytes than the service said.',
    remedy:
      'Nothing: it is read again. If it lasts, look for a proxy or firewall between the function app and the storage account.',
    retryable: true,
  },
  VaultThrottled: {
    step: 'vault',
    title: 'The storage account of the vault is busier than it may be and asked to wait.',
    remedy:
      'Nothing: it is tried again. If it is frequent, lower MaxConcurrentBackups or give the vault an account of its own.',
    retryable: true,
  },
  VaultUnavailable: {
    step: 'vault',
    title: 'The storage service of the vault answered that it cannot serve at the moment.',
    remedy:
      "Nothing: it is tried again. If it lasts, look at Azure status and at the account's resource health.",
    retryable: true,
  },
  VaultUnreachable: {
    step: 'vault',
    title: 'The storage account of the vault does not answer.',
    remedy:
      'Check the address in VaultStorage, its name in DNS and the network of the function app; it is tried again.',
    retryable: true,
  },
  VaultFull: {
    step: 'vault',
    title: 'There is no room left where the vault is stored.',
    remedy:
      'Free or add room, or raise the capacity limit of the account; what is stored already is not affected.',
    retryable: false,
  },
  VaultFolderRefused: {
    step: 'vault',
    title: 'The file system refused to read or write in the folder of a vault.',
    remedy: 'See to the rights of the folder and to the disk that it lies on, as the message says.',
    retryable: false,
  },
  VaultRequestRefused: {
    step: 'vault',
    title: 'The storage account of the vault refused a request for a reason of its own.',
    remedy: 'Look the code in the message up under "Blob Storage error codes" in the Azure documentation.',
    retryable: false,
  },
  VaultChanged: {
    step: 'vault',
    title: 'The container is not the vault any more that this system has opened; nothing is written to it.',
    remedy:
      'Put back the vault.json that was there, or the whole container: undelete it, or copy it from where it is kept. It goes on by itself then. If another vault is meant to be there, start the app again.',
    retryable: false,
  },
});
