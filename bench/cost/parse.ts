const UNITS: Record<string, number> = {
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
};

/** Bytes of a size such as `512GiB` or `1.5TiB`. Throws a RangeError that says what is expected. */
export function parseSize(text: string): number {
  const [, number = '', unit = ''] = /^(\d+(?:\.\d+)?)\s*([KMGT]i?B)$/.exec(text) ?? [];
  const bytes = Number(number) * (UNITS[unit] ?? 0);
  if (bytes > 0) return bytes;
  throw new RangeError(`"${text}" is no size: give one such as 512GiB or 1.5TiB.`);
}

/** The share of a percentage such as `1%`. Throws a RangeError outside of 0 to 100 %. */
export function parseShare(text: string): number {
  const percent = Number(/^(\d+(?:\.\d+)?)\s*%$/.exec(text)?.[1] ?? Number.NaN);
  if (percent >= 0 && percent <= 100) return percent / 100;
  throw new RangeError(`"${text}" is no share: give one such as 1%.`);
}
