import type { RuntimeStatus } from '../durable-task/history';
import type { InstanceFilter } from '../store/instances';

const STATUSES: RuntimeStatus[] = [
  'Pending',
  'Running',
  'Completed',
  'ContinuedAsNew',
  'Failed',
  'Canceled',
  'Terminated',
  'Suspended',
];

/** The instances that a query asks for; what is wrong with the query when it cannot be read. */
export function filterOf(query: URLSearchParams): InstanceFilter | string {
  const filter: InstanceFilter = { idPrefix: query.get('instanceIdPrefix') ?? undefined };
  for (const [name, field] of [
    ['createdTimeFrom', 'createdFrom'],
    ['createdTimeTo', 'createdTo'],
  ] as const) {
    const text = query.get(name);
    if (!text) continue;
    const time = Date.parse(text);
    if (Number.isNaN(time)) return `'${name}' is no time: ${text}.`;
    filter[field] = time;
  }
  const names = (query.get('runtimeStatus') ?? '').split(',').filter(Boolean);
  const statuses = names.map((name) =>
    STATUSES.find((known) => known.toLowerCase() === name.trim().toLowerCase()),
  );
  const unknown = names.find((_, index) => statuses[index] === undefined);
  if (unknown) return `'runtimeStatus' has an unknown value: ${unknown}.`;
  if (names.length > 0) filter.statuses = statuses.filter((status) => status !== undefined);
  return filter;
}
