import { formatBytes } from '../../client/format-bytes';

/** `2026-11-20T02:00:31.123Z` → `2026-11-20 02:00:31Z`: times are UTC everywhere. */
export const time = (iso: string | undefined): string | undefined =>
  iso &&
  new Date(iso)
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z$/, 'Z');

export const size = (bytes: number | undefined): string | undefined =>
  bytes === undefined ? undefined : formatBytes(bytes);

/** Seconds as people say them: `40 s`, `3 min 20 s`, `2 h 5 min`. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** Between two times; none while it has not ended, or has not begun. */
export const between = (from: string | undefined, to: string | undefined): string | undefined =>
  from && to ? duration((Date.parse(to) - Date.parse(from)) / 1000) : undefined;

/** `1 point`, `2 points`. */
export const count = (number: number, one: string, many = `${one}s`): string =>
  `${number} ${number === 1 ? one : many}`;
