/** Seconds by which the start of one of many (0, 1, …) is put off, so that so many start in each second. */
export const staggerSeconds = (index: number, inEachSecond: number): number =>
  Math.floor(index / inEachSecond);
