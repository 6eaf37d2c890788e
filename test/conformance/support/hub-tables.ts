import { createHmac } from 'node:crypto';

type Row = Record<string, unknown>;

/** The tables in which the engine keeps a hub, read as they are. */
export interface HubTables {
  /** One row an instance. */
  instances: Row[];
  /** One row an event. */
  history: Row[];
}

/** @param connectionString of a storage account with tables. */
export async function readHub(connectionString: string, hubName: string): Promise<HubTables> {
  return {
    instances: await rowsOf(connectionString, `${hubName}Instances`),
    history: (await rowsOf(connectionString, `${hubName}History`)).filter(
      ({ RowKey }) => RowKey !== 'sentinel',
    ),
  };
}

/** What must be true of a hub whose jobs have ended; what is not, in words. */
export function faultsOf({ instances, history }: HubTables): string[] {
  const ended = ['Completed', 'Failed', 'Terminated'];
  const running = instances.filter(({ RuntimeStatus }) => !ended.includes(String(RuntimeStatus)));
  const counts = new Map<unknown, number>();
  for (const { PartitionKey } of history) counts.set(PartitionKey, (counts.get(PartitionKey) ?? 0) + 1);
  const texts = [...instances, ...history].map((row) => [row.PartitionKey, JSON.stringify(row)] as const);
  return [
    ...running.map(({ PartitionKey, RuntimeStatus }) => `${PartitionKey} is ${RuntimeStatus}`),
    ...[...counts].flatMap(([id, count]) => (count > MOST_EVENTS ? [`${id} has ${count} events`] : [])),
    ...texts.flatMap(([id, text]) => (SECRET.test(text) ? [`${id} holds a SAS or a key`] : [])),
    ...texts.flatMap(([id, text]) => (NON_DETERMINISM.test(text) ? [`${id} is not deterministic`] : [])),
    ...shortTimers(history),
    // What does not fit into a message goes to a blob, and its property says where.
    ...texts.flatMap(([id, text]) => (IN_A_BLOB.test(text) ? [`${id} has a value that is too large`] : [])),
  ];
}

/**
 * Timers that do not allow for the second by which the engine fires early: of this app none is set to less
 * than two seconds after the time of its orchestrator.
 */
function shortTimers(history: Row[]): string[] {
  const inOrder = history.toSorted((a, b) => String(a.RowKey).localeCompare(String(b.RowKey)));
  const nows = new Map<unknown, number>();
  return inOrder.flatMap(({ PartitionKey: id, EventType, _Timestamp, FireAt }) => {
    if (EventType === 'OrchestratorStarted') nows.set(id, Date.parse(String(_Timestamp)));
    if (EventType !== 'TimerCreated') return [];
    const waited = Date.parse(String(FireAt)) - (nows.get(id) ?? 0);
    return waited < SHORTEST_TIMER_MS ? [`${id} has a timer of ${waited} ms, which fires at once`] : [];
  });
}

/** Two seconds; the clock that JavaScript sees has milliseconds, that of .NET more. */
const SHORTEST_TIMER_MS = 1_999;

/** The largest history, and the largest value in a row, in characters. */
export function sizesOf({ instances, history }: HubTables): { events: number; characters: number } {
  const counts = new Map<unknown, number>();
  for (const { PartitionKey } of history) counts.set(PartitionKey, (counts.get(PartitionKey) ?? 0) + 1);
  const values = [...instances, ...history]
    .flatMap(Object.values)
    .filter((value) => typeof value === 'string');
  return {
    events: Math.max(0, ...counts.values()),
    characters: values.reduce((most, value) => Math.max(most, value.length), 0),
  };
}

const MOST_EVENTS = 1_000;
const SECRET = /[?&]sig=|sharedaccesssignature|AccountKey=|Eby8vdM02xNOcqFlqUwJPLlm/i;
const NON_DETERMINISM = /Non-Deterministic workflow/;
const IN_A_BLOB = /BlobName":"|-largemessages\//;

async function rowsOf(connectionString: string, table: string): Promise<Row[]> {
  const rows: Row[] = [];
  let next = '';
  do {
    const answer = await query(connectionString, table, next);
    if (!answer.ok) throw new Error(`${table}: ${answer.status} ${await answer.text()}`);
    rows.push(...((await answer.json()) as { value: Row[] }).value);
    const [partition, row] = ['partitionkey', 'rowkey'].map((key) =>
      answer.headers.get(`x-ms-continuation-next${key}`),
    );
    next = partition ? `?NextPartitionKey=${partition}&NextRowKey=${row ?? ''}` : '';
  } while (next);
  return rows;
}

/** "Authorize with Shared Key": the lite form for the Table service. */
function query(connectionString: string, table: string, next: string): Promise<Response> {
  const setting = (name: string) => new RegExp(`${name}=([^;]+)`).exec(connectionString)?.[1] ?? '';
  const account = setting('AccountName');
  const endpoint = setting('TableEndpoint');
  const date = new Date().toUTCString();
  const signed = `${date}\n/${account}${new URL(`${endpoint}/${table}()`).pathname}`;
  const key = Buffer.from(setting('AccountKey'), 'base64');
  const signature = createHmac('sha256', key).update(signed, 'utf8').digest('base64');
  return fetch(`${endpoint}/${table}()${next}`, {
    headers: {
      'x-ms-date': date,
      'x-ms-version': '2019-02-02',
      accept: 'application/json;odata=nometadata',
      authorization: `SharedKeyLite ${account}:${signature}`,
    },
  });
}
