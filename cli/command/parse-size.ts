import { InvalidArgumentError } from 'commander';

const UNITS = ['', 'k', 'm', 'g', 't'];

/** `64M` or `1.5 GiB` → bytes; the parser of an option. */
export function parseSize(text: string): number {
  const [, number, unit = ''] = /^(\d{1,9}(?:\.\d{1,3})?)\s*([kmgt]?)(?:i?b)?$/i.exec(text.trim()) ?? [];
  const bytes = Math.floor(Number(number) * 1024 ** UNITS.indexOf(unit.toLowerCase()));
  if (bytes > 0 && Number.isSafeInteger(bytes)) return bytes;
  throw new InvalidArgumentError('Give a size such as 64M or 2G.');
}
