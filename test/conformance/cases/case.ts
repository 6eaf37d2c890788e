// What a case of the conformance suite is, and what it asks a host with.

// biome-ignore lint/suspicious/noExplicitAny: cases look into answers of every shape
export type Json = any;

/** An answer of the durable HTTP API, with the headers that mean something. */
export interface Answer {
  status: number;
  headers: Record<string, string>;
  body: Json;
}

/** The status document of an instance, with its history; `timedOut` when what was waited for did not come. */
export type Status = Json;

export interface Tools {
  /** Requests below `/runtime/webhooks/durabletask/`, or of a whole address. */
  call(method: string, address: string, options?: CallOptions): Promise<Answer>;
  start(orchestrator: string, id: string, input?: unknown, query?: string): Promise<Answer>;
  /** The whole answer to a question for an instance. */
  look(id: string, query?: string): Promise<Answer>;
  post(id: string, verb: string, options?: CallOptions): Promise<Answer>;
  raise(id: string, event: string, value: unknown): Promise<Answer>;
  /** Calls the SDK's client inside the app; what it answered or threw. */
  sdk(operation: string, ...args: unknown[]): Promise<Json>;
  /** The whole answer of a function that hands on what the SDK's client says. */
  sdkAnswer(operation: string, ...args: unknown[]): Promise<Answer>;
  until(id: string, isSo: (status: Status) => boolean, withinMs?: number): Promise<Status>;
  /** Until it has ended. */
  done(id: string, withinMs?: number): Promise<Status>;
  /** Until it has a runtime status. */
  is(id: string, runtimeStatus: string): Promise<Status>;
  /** Until so many events of a type are in its history. */
  heard(id: string, type: string, count?: number): Promise<Status>;
  /** Where nothing tells that nothing happens. */
  pause(milliseconds: number): Promise<void>;
  /** Keeps what was seen, for the comparison with the recording. */
  note(label: string, seen: unknown): void;
  /** The address of the durable HTTP API for the SDK alone, where it is one of its own. */
  rpcUrl: string | undefined;
}

export interface CallOptions {
  body?: string | Buffer;
  /** Content type of the body; `application/json` unless set, none when empty. */
  type?: string;
  headers?: Record<string, string>;
}

/** One case. `id` is the name of the case, for the instances that it starts. */
export type Case = (tools: Tools, id: string) => Promise<void>;
export type Cases = Record<string, Case>;

/** Starts an orchestrator and keeps how it ends. */
export const ends =
  (orchestrator: string, input?: unknown, withinMs?: number): Case =>
  async ({ start, done, note }, id) => {
    await start(orchestrator, id, input);
    note('end', await done(id, withinMs));
  };

/** One case for each value, `<name>-<label>`. */
export const each = <T>(name: string, values: Record<string, T>, make: (value: T) => Case): Cases =>
  Object.fromEntries(Object.entries(values).map(([label, value]) => [`${name}-${label}`, make(value)]));

/** Starts an orchestrator and waits until it runs. */
export async function begin({ start, is }: Tools, orchestrator: string, id: string, input: unknown = null) {
  await start(orchestrator, id, input);
  await is(id, 'Running');
}
