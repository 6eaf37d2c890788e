import type { OrchestrationContext } from 'durable-functions';
import type { Outcome } from '../../failures/failure';
import type { RestoreDiskOrder } from '../../restore/restore-orders';
import { callActivity, type Steps } from './call-activity';

/** How many disks one message tells of, as in a backup. */
const PAGE = 16;

/** The new disks that a restore makes, in the order of the point's. */
export function* listOrders(
  context: OrchestrationContext,
  jobId: string,
  count: number,
): Steps<Outcome<RestoreDiskOrder[]>> {
  const orders: RestoreDiskOrder[] = [];
  for (let from = 0; from < count; from += PAGE) {
    const page = yield* callActivity(context, 'listRestoreOrders', { jobId, from, count: PAGE });
    if (!page.ok) return page;
    orders.push(...page.value.orders);
  }
  return { ok: true, value: orders };
}
