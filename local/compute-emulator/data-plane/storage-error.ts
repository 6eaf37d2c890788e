/** A refusal as the storage service writes it: XML, with the code in a header too. */
export class StorageError extends Error {
  override readonly name = 'StorageError';
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly headers: Record<string, string> = {},
  ) {
    super(message);
  }

  body(): string {
    const error = `<Code>${this.code}</Code><Message>${escapeXml(this.message)}</Message>`;
    return `<?xml version="1.0" encoding="utf-8"?><Error>${error}</Error>`;
  }
}

/** What a wrong, expired or revoked shared access signature is answered with. */
export function authenticationFailed(): StorageError {
  return new StorageError(
    403,
    'AuthenticationFailed',
    'Server failed to authenticate the request. ' +
      'Make sure the value of Authorization header is formed correctly including the signature.',
  );
}

export function invalidHeader(name: string): StorageError {
  return new StorageError(
    400,
    'InvalidHeaderValue',
    `The value for one of the HTTP headers is not in the correct format: ${name}.`,
  );
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
