/** Whether a text is a connection string of a storage account, and not an address. */
export const isConnectionString = (text: string): boolean =>
  /(^|;)\s*(AccountName|BlobEndpoint|UseDevelopmentStorage)\s*=/i.test(text);

/** The address without its signature, for people. */
export const withoutSignature = (address: string): string =>
  isConnectionString(address) ? 'the account of the connection string' : (address.split('?', 1)[0] ?? '');
