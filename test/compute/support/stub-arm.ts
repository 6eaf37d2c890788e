import type { AddressInfo } from 'node:net';
import { type Compute, connectCompute } from '../../../src/compute/arm/connection';
import type { VmRef } from '../../../src/compute/arm/resource-id';
import { loopbackServer } from '../../support/loopback-server';

/** An answer in the words of Azure. */
export interface StubAnswer {
  status?: number;
  headers?: Record<string, string>;
  body?: unknown;
  /** Ends the connection instead. */
  cut?: boolean;
}

export interface StubArm {
  url: string;
  compute: Compute;
  /** The requests so far, as `METHOD /path`. */
  seen: string[];
  /** What answers the next requests; the path is in lower case and without its query. */
  answer: (method: string, path: string, query: URLSearchParams) => StubAnswer;
  close(): Promise<void>;
}

export const SUBSCRIPTION = '11111111-2222-3333-4444-555555555555';
export const stubVm: VmRef = { subscriptionId: SUBSCRIPTION, resourceGroup: 'rg', name: 'vm' };

/** An ARM endpoint that says whatever a test wants it to say: for what no emulator would do. */
export async function startStubArm(): Promise<StubArm> {
  const server = loopbackServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://stub');
    const path = url.pathname.toLowerCase();
    stub.seen.push(`${request.method} ${path}`);
    const answer = stub.answer(request.method ?? '', path, url.searchParams);
    const { status = 200, headers = {}, body, cut = false } = answer;
    if (cut) return void request.socket.destroy();
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(body === undefined ? undefined : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const stub: StubArm = {
    url,
    compute: connectCompute({ endpoint: url, allowInsecureLoopback: true, subscriptions: [SUBSCRIPTION] }),
    seen: [],
    answer: () => ({ status: 404, body: { error: { code: 'ResourceNotFound', message: 'Not found.' } } }),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return stub;
}
