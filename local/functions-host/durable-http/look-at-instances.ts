import { isTerminal } from '../durable-task/history';
import { json, type Request, type Response } from '../http/exchange';
import type { DurableClient } from '../hub/client';
import { nothing } from './answers';
import { historyJson } from './history-json';
import { filterOf } from './instance-filter';
import { CONTINUATION, flag } from './request-parts';
import { statusJson } from './status-json';

const PAGE = 100;

/** How one instance is doing, and lists of them. */
export function lookAtInstances(client: DurableClient) {
  return { status, list };

  function status(request: Request, id: string): Response {
    const instance = client.get(id);
    if (!instance) return nothing(404);
    const query = request.url.searchParams;
    const history = flag(query, 'showHistory')
      ? historyJson(client.history(id), flag(query, 'showHistoryOutput'))
      : undefined;
    const body = statusJson(instance, { showInput: flag(query, 'showInput', true), history });
    if (!isTerminal(instance.status)) {
      return json(202, body, { location: `${request.url.origin}${request.raw.url}`, 'retry-after': '5' });
    }
    const asError = instance.status === 'Failed' && flag(query, 'returnInternalServerErrorOnFailure');
    return json(asError ? 500 : 200, body);
  }

  function list(request: Request): Response {
    const query = request.url.searchParams;
    const top = Number(query.get('top') ?? 0) || PAGE;
    const after = Number(request.headers[CONTINUATION] ?? 0);
    const rows = Number.isSafeInteger(after) ? client.list(filterOf(query), top + 1, after) : [];
    const page = rows.slice(0, top);
    const last = page.at(-1);
    const token = rows.length > top && last ? String(last.number) : '';
    const showInput = flag(query, 'showInput', true);
    return json(
      200,
      page.map((row) => statusJson(row, { showInput })),
      { [CONTINUATION]: token },
    );
  }
}
