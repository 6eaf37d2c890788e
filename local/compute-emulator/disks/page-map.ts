import { append, overlay, type Run } from './runs';

/** What one layer says of a page: it holds the page's data, or the page was cleared and reads as zeros. */
export type PageState = 'data' | 'cleared';

/** Which pages one layer holds. Later marks win over earlier ones. */
export interface PageMap {
  mark(start: number, end: number, state: PageState): void;
  /** All marks as sorted, disjoint runs. The caller must not change them. */
  runs(): readonly Run<PageState>[];
}

/**
 * A page map that takes marks in any order at low cost: new marks collect in small sorted lists that are
 * merged in pairs of similar length, so a million scattered writes cost a million times a logarithm, and
 * writes in ascending order cost nothing but an append.
 */
export function createPageMap(): PageMap {
  const levels: Run<PageState>[][] = [];

  function mergeTopLevels(): void {
    const upper = levels.pop() ?? [];
    const lower = levels.pop() ?? [];
    levels.push(overlay(lower, upper));
  }

  return {
    mark(start, end, state) {
      const newest = levels.at(-1);
      const last = newest?.at(-1);
      if (newest !== undefined && last !== undefined && start >= last.end) {
        append(newest, start, end, state);
        return;
      }
      levels.push([{ start, end, value: state }]);
      while (levels.length > 1 && (levels.at(-2)?.length ?? 0) <= (levels.at(-1)?.length ?? 0))
        mergeTopLevels();
    },
    runs() {
      while (levels.length > 1) mergeTopLevels();
      return levels[0] ?? [];
    },
  };
}
