import type { Answer, CallOptions, Status, Tools } from '../cases/case';

/** A host on which cases run. */
export interface HostUnderTest {
  url: string;
  rpcUrl?: string;
  /** How often it is asked whether something has come. */
  lookEveryMs: number;
  close(): Promise<void>;
}

const HEADERS = ['location', 'retry-after', 'content-type', 'x-ms-continuation-token'];
const ENDED = ['Completed', 'Failed', 'Terminated', 'Canceled'];
/** The longest that anything here takes on a busy machine. */
const PATIENCE_MS = 60_000;

export const pause = (milliseconds: number) =>
  new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

/** What one case asks the host with; what it notes goes into `notes`. */
export function toolsFor(host: HostUnderTest, notes: Record<string, unknown>): Tools {
  const base = `${host.url}/runtime/webhooks/durabletask/`;
  const call = (method: string, address: string, options: CallOptions = {}) =>
    ask(method, address.startsWith('http') ? address : base + address, options);
  const sdkAnswer = (op: string, ...args: unknown[]) =>
    call('POST', `${host.url}/api/sdk`, { body: JSON.stringify({ op, args }) });

  async function until(id: string, isSo: (status: Status) => boolean, withinMs = PATIENCE_MS) {
    const end = performance.now() + withinMs;
    for (;;) {
      const { body } = await call('GET', `instances/${id}?showHistory=true&showHistoryOutput=true`);
      if (body !== '' && isSo(body)) return body;
      if (performance.now() > end)
        return typeof body === 'string' ? { timedOut: true } : { ...body, timedOut: true };
      await pause(host.lookEveryMs);
    }
  }
  return {
    call,
    until,
    pause,
    sdkAnswer,
    rpcUrl: host.rpcUrl,
    sdk: async (op, ...args) => (await sdkAnswer(op, ...args)).body,
    start: (name, id, input, query = '') =>
      call('POST', `orchestrators/${name}/${id}${query}`, {
        body: input === undefined ? undefined : JSON.stringify(input),
      }),
    look: (id, query = '') => call('GET', `instances/${id}${query}`),
    post: (id, verb, options) => call('POST', `instances/${id}/${verb}`, options),
    raise: (id, event, value) =>
      call('POST', `instances/${id}/raiseEvent/${event}`, { body: JSON.stringify(value) }),
    done: (id, withinMs) => until(id, ({ runtimeStatus }) => ENDED.includes(runtimeStatus), withinMs),
    is: (id, wanted) => until(id, ({ runtimeStatus }) => runtimeStatus === wanted),
    heard: (id, type, count = 1) =>
      until(id, ({ historyEvents = [] }) => {
        const events = historyEvents as { EventType: string }[];
        return events.filter(({ EventType }) => EventType === type).length >= count;
      }),
    note: (label, seen) => {
      notes[label] = seen;
    },
  };
}

async function ask(method: string, url: string, options: CallOptions): Promise<Answer> {
  const { body, type = 'application/json', headers = {} } = options;
  const answer = await fetch(url, {
    method,
    redirect: 'manual',
    headers: { ...(body !== undefined && type ? { 'content-type': type } : {}), ...headers },
    body: typeof body === 'string' || body === undefined ? body : new Uint8Array(body),
  });
  const shown = HEADERS.flatMap((name) => {
    const value = answer.headers.get(name);
    return value === null ? [] : [[name, value]];
  });
  const text = await answer.text();
  return { status: answer.status, headers: Object.fromEntries(shown), body: parsed(text) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
