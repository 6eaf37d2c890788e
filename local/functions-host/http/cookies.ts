import type { HttpCookie } from '../worker/protocol';

const SAME_SITE = ['none', 'lax', 'strict', 'explicitnone'];

/** The value of a `Set-Cookie` header. */
export function setCookie(cookie: HttpCookie): string {
  const { domain, path, expires, maxAge, secure, httpOnly } = cookie;
  const parts = [`${cookie.name}=${encodeURIComponent(cookie.value)}`];
  if (domain) parts.push(`Domain=${domain.value}`);
  if (path) parts.push(`Path=${path.value}`);
  if (expires) parts.push(`Expires=${new Date(expires.value.seconds * 1000).toUTCString()}`);
  if (maxAge) parts.push(`Max-Age=${maxAge.value}`);
  if (secure?.value) parts.push('Secure');
  if (httpOnly?.value) parts.push('HttpOnly');
  const sameSite = sameSiteText(cookie.sameSite);
  if (sameSite) parts.push(`SameSite=${sameSite}`);
  return parts.join('; ');
}

function sameSiteText(sameSite: string | number | undefined): string | undefined {
  const name = typeof sameSite === 'number' ? SAME_SITE[sameSite] : sameSite?.toLowerCase();
  switch (name) {
    case 'lax':
      return 'Lax';
    case 'strict':
      return 'Strict';
    case 'explicitnone':
      return 'None';
    default:
      return undefined;
  }
}
