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

/** The instances that a query asks for; what cannot be read in it is as if it were not there. */
export function filterOf(query: URLSearchParams): InstanceFilter {
  const filter: InstanceFilter = { idPrefix: query.get('instanceIdPrefix') ?? undefined };
  for (const [name, field] of [
    ['createdTimeFrom', 'createdFrom'],
    ['createdTimeTo', 'createdTo'],
  ] as const) {
    const time = Date.parse(query.get(name) ?? '');
    if (!Number.isNaN(time)) filter[field] = time;
  }
  const named = (query.get('runtimeStatus') ?? '').split(',').map((name) => name.trim().toLowerCase());
  filter.statuses = STATUSES.filter((status) => named.includes(status.toLowerCase()));
  return filter;
}
