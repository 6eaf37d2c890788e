/** Query parameters that make a link a secret (Azure Storage, shared access signatures), and tokens. */
const SECRETS = /\b(sig|signature|skoid|sktid|si|se|sp|sr|st|sv)=[^&\s"'<>]+/gi;
const BEARER = /\bBearer\s+[A-Za-z0-9._~+/=-]+/gi;

/** `text` without anything that would give access to a disk: safe for messages, logs and histories. */
export const redact = (text: string): string =>
  text.replace(SECRETS, '$1=REDACTED').replace(BEARER, 'Bearer REDACTED');
