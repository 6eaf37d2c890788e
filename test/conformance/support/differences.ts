import { isDeepStrictEqual } from 'node:util';

/** What stands for a part that is recorded and not seen. */
const ABSENT = '<absent>';

/**
 * What was seen otherwise than it is recorded: by the path of the part, `end.historyEvents.0.Result`, what
 * was seen there. Lists of another length differ as a whole.
 */
export function differencesFrom(recorded: unknown, seen: unknown, path = ''): Record<string, unknown> {
  if (isDeepStrictEqual(recorded, seen)) return {};
  const [before, now] = [partsOf(recorded), partsOf(seen)];
  if (!before || !now || Array.isArray(recorded) !== Array.isArray(seen)) return { [path]: shown(seen) };
  if (Array.isArray(recorded) && Object.keys(before).length !== Object.keys(now).length)
    return { [path]: seen };
  const names = new Set([...Object.keys(before), ...Object.keys(now)]);
  return Object.assign(
    {},
    ...[...names].map((name) => differencesFrom(before[name], now[name], path ? `${path}.${name}` : name)),
  );
}

const shown = (seen: unknown): unknown => (seen === undefined ? ABSENT : seen);

function partsOf(value: unknown): Record<string, unknown> | undefined {
  return value !== null && typeof value === 'object' ? (value as Record<string, unknown>) : undefined;
}
