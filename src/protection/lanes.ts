/** Deals items to at most `count` lanes like cards, so that the first of them, the longest overdue, all start at once. */
export function dealIntoLanes<T>(items: T[], count: number): T[][] {
  const lanes = Array.from({ length: Math.min(count, items.length) }, (): T[] => []);
  items.forEach((item, index) => {
    lanes[index % lanes.length]?.push(item);
  });
  return lanes;
}
