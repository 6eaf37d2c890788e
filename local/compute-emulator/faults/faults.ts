import { z } from 'zod';

const errorSchema = { code: z.string(), message: z.string().optional() };

const effectSchema = z.discriminatedUnion('kind', [
  /** The request is refused. `code` is an ARM code, or a storage code on the data plane. */
  z.strictObject({
    kind: z.literal('refuse'),
    status: z.int().min(400).max(599),
    ...errorSchema,
    retryAfterSeconds: z.int().min(0).optional(),
  }),
  /** The request is accepted; its long-running operation ends with this error. */
  z.strictObject({ kind: z.literal('fail-operation'), ...errorSchema }),
  /** The long-running operation never ends. */
  z.strictObject({ kind: z.literal('endless') }),
  /** The long-running operation takes so long, and asks those who poll to wait a second. */
  z.strictObject({ kind: z.literal('late'), seconds: z.number().min(0) }),
  /** The data plane closes the connection after so many bytes of the body. */
  z.strictObject({ kind: z.literal('cut'), afterBytes: z.int().min(0) }),
  /** The data plane answers with so many bytes too few, as if that were all. */
  z.strictObject({ kind: z.literal('truncate'), missingBytes: z.int().min(1) }),
  /** The data plane sends no faster than this, until the faults are cleared. */
  z.strictObject({ kind: z.literal('slow'), bytesPerSecond: z.int().min(1) }),
  /** The shared access signature is over from this request on. */
  z.strictObject({ kind: z.literal('expire') }),
]);

/** Something that goes wrong on demand. */
export const faultSchema = z.strictObject({
  /** Name of an operation, for example `restorePoints.create`; `*` at the end stands for any rest. */
  operation: z.string(),
  /** Only for resources whose path contains this text, in any case. */
  resource: z.string().optional(),
  /** How often; null until it is removed. */
  count: z.int().min(1).nullable().default(1),
  /** Matching requests that pass before it starts. */
  skip: z.int().min(0).default(0),
  effect: effectSchema,
});

export type Fault = z.infer<typeof faultSchema>;
export type Effect = Fault['effect'];

/** The faults that are set. They are not kept over a restart. */
export interface Faults {
  add(fault: Fault): void;
  list(): readonly Fault[];
  clear(): void;
  /** Aborted when the faults of this moment are cleared. */
  cleared(): AbortSignal;
  /** The effect of the first fault of those kinds that fits, which is used up by it. */
  take<Kind extends Effect['kind']>(
    kinds: readonly Kind[],
    operation: string,
    resource: string,
  ): Extract<Effect, { kind: Kind }> | undefined;
}

export function createFaults(): Faults {
  let faults: Fault[] = [];
  let clearing = new AbortController();

  /** One use less of the fault; undefined when it was its turn but it still waits. */
  function use(fault: Fault): Fault['effect'] | undefined {
    const { skip, count } = fault;
    if (skip > 0) fault.skip -= 1;
    else if (count !== null) fault.count = count - 1;
    faults = faults.filter((each) => each.count !== 0);
    return skip > 0 ? undefined : fault.effect;
  }

  return {
    add(fault) {
      faults.push({ ...fault });
    },
    list: () => faults,
    clear() {
      faults = [];
      clearing.abort();
      clearing = new AbortController();
    },
    cleared: () => clearing.signal,
    take<Kind extends Effect['kind']>(kinds: readonly Kind[], operation: string, resource: string) {
      const fault = faults.find(
        (each) => kinds.some((kind) => kind === each.effect.kind) && fits(each, operation, resource),
      );
      return fault === undefined ? undefined : (use(fault) as Extract<Effect, { kind: Kind }> | undefined);
    },
  };
}

function fits(fault: Fault, operation: string, resource: string): boolean {
  const isOperation = fault.operation.endsWith('*')
    ? operation.startsWith(fault.operation.slice(0, -1))
    : operation === fault.operation;
  return isOperation && resource.toLowerCase().includes((fault.resource ?? '').toLowerCase());
}
