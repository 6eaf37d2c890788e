import { isTerminal } from '../durable-task/history';
import { json, type Request, type Response } from '../http/exchange';
import type { DurableClient } from '../hub/client';
import { failure, noSuchInstance } from './answers';
import { filterOf } from './instance-filter';
import { type DurableLinks, managementUrls } from './links';
import { flag } from './request-parts';
import { historyJson, statusJson } from './status-json';

const CONTINUATION = 'x-ms-continuation-token';
const PAGE = 100;

/** How one instance is doing, and lists of them. */
export function lookAtInstances(client: DurableClient, links: DurableLinks) {
  return { status, list };

  function status(request: Request, id: string): Response {
    const instance = client.get(id);
    if (!instance) return noSuchInstance(id);
    const query = request.url.searchParams;
    const history = flag(query, 'showHistory')
      ? historyJson(client.history(id), flag(query, 'showHistoryOutput'))
      : undefined;
    const body = statusJson(instance, { showInput: flag(query, 'showInput', true), history });
    if (!isTerminal(instance.status)) {
      return json(202, body, { location: managementUrls(links, id).statusQueryGetUri, 'retry-after': '5' });
    }
    const asError = instance.status === 'Failed' && flag(query, 'returnInternalServerErrorOnFailure');
    return json(asError ? 500 : 200, body);
  }

  function list(request: Request): Response {
    const query = request.url.searchParams;
    const filter = filterOf(query);
    if (typeof filter === 'string') return failure(400, filter);
    const top = Number(query.get('top') ?? 0) || PAGE;
    const after = Number(request.headers[CONTINUATION] ?? 0);
    if (!Number.isSafeInteger(after)) return failure(400, 'The continuation token is not one of this host.');
    const rows = client.list(filter, top + 1, after);
    const page = rows.slice(0, top);
    const last = page.at(-1);
    const more: Record<string, string> =
      rows.length > top && last ? { [CONTINUATION]: String(last.number) } : {};
    const showInput = flag(query, 'showInput', true);
    return json(
      200,
      page.map((row) => statusJson(row, { showInput })),
      more,
    );
  }
}
