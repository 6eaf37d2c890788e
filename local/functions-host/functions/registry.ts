// The functions of the app: which there are, and what a call of one consists of.

import { HostError } from '../basics/errors';
import type { Binding, FunctionMetadata } from '../worker/protocol';

export type FunctionKind = 'http' | 'timer' | 'orchestrator' | 'activity' | 'entity';

/** A function that this host can run. */
export interface HostedFunction {
  name: string;
  kind: FunctionKind;
  /** The name and settings of the trigger's binding. */
  trigger: { name: string } & Binding;
  /** Names of the bindings that want a durable client. */
  clientBindings: string[];
  /** Outputs that nobody serves here; their values go to the log. */
  unservedOutputs: { name: string; type: string }[];
  retryOptions?: Record<string, unknown>;
  metadata: FunctionMetadata;
}

/** Functions by name, in the order of their registration. Names match in any case, as in the extension. */
export interface Registry {
  all: HostedFunction[];
  find(kind: FunctionKind, name: string): HostedFunction | undefined;
  byName(name: string): HostedFunction | undefined;
}

const KINDS: Record<string, FunctionKind> = {
  httptrigger: 'http',
  timertrigger: 'timer',
  orchestrationtrigger: 'orchestrator',
  activitytrigger: 'activity',
  entitytrigger: 'entity',
};
const SUPPORTED_INPUTS = ['durableclient', 'orchestrationclient'];

/** A function that this host does not serve, and the kinds of its bindings that are why. */
export interface LeftOut {
  name: string;
  types: string[];
}

/**
 * The functions of an app that are served: all but those that a setting `AzureWebJobs.<name>.Disabled`
 * takes away, and those whose trigger or inputs this host does not have, which are listed.
 * @param kinds what the durable backend and this host serve.
 */
export function createRegistry(
  functions: FunctionMetadata[],
  environment: NodeJS.ProcessEnv,
  kinds: readonly FunctionKind[],
): Registry & { leftOut: LeftOut[] } {
  const isDisabled = (name: string) => /^(true|1)$/i.test(environment[`AzureWebJobs.${name}.Disabled`] ?? '');
  const enabled = functions.filter(({ name }) => !isDisabled(name));
  const leftOut = enabled.flatMap((metadata) => {
    const types = unservedTypes(metadata, kinds);
    return types.length > 0 ? [{ name: metadata.name, types }] : [];
  });
  const left = new Set(leftOut.map(({ name }) => name));
  const all = enabled.filter(({ name }) => !left.has(name)).map(hostedFunction);
  const byLowerName = new Map(all.map((fn) => [fn.name.toLowerCase(), fn]));
  const byName = (name: string) => byLowerName.get(name.toLowerCase());
  return {
    all,
    leftOut,
    byName,
    find(kind, name) {
      const fn = byName(name);
      return fn?.kind === kind ? fn : undefined;
    },
  };
}

/** Names what is left out and says what to do about it, in one line. */
export function leftOutLine(leftOut: LeftOut[]): string {
  const names = leftOut.map(({ name, types }) => `${name} (${types.join(', ')})`).join(', ');
  const settings = leftOut.map(({ name }) => `AzureWebJobs.${name}.Disabled=true`).join(' ');
  const hasEntities = leftOut.some(({ types }) => types.some((type) => kindOf(type) === 'entity'));
  return (
    `Left out, because this host does not serve their bindings: ${names}. ` +
    `Silence this with ${settings}${hasEntities ? '; the published extension serves durable entities: docs/real-engine.md' : ''}.`
  );
}

const kindOf = (type: string): FunctionKind | undefined => KINDS[type.toLowerCase()];
const isTrigger = (type: string): boolean => /trigger$/i.test(type);

function unservedTypes({ bindings }: FunctionMetadata, kinds: readonly FunctionKind[]): string[] {
  return Object.values(bindings).flatMap(({ type, direction }) => {
    if (direction === 'out') return [];
    const kind = kindOf(type);
    const isServed = kind ? kinds.includes(kind) : SUPPORTED_INPUTS.includes(type.toLowerCase());
    return isServed ? [] : [type];
  });
}

/** @throws HostError when it has no trigger. */
function hostedFunction(metadata: FunctionMetadata): HostedFunction {
  const bindings = Object.entries(metadata.bindings);
  const [triggerName, trigger] = bindings.find(([, { type }]) => isTrigger(type)) ?? [];
  const kind = kindOf(trigger?.type ?? '');
  if (!triggerName || !trigger || !kind)
    throw new HostError(`The function "${metadata.name}" has no trigger.`, 'Give it one.');
  const inputs = bindings.filter(([name, { direction }]) => name !== triggerName && direction === 'in');
  const unserved = bindings.filter(
    ([, { type, direction }]) => direction !== 'in' && type.toLowerCase() !== 'http',
  );
  return {
    name: metadata.name,
    kind,
    trigger: { ...trigger, name: triggerName },
    clientBindings: inputs.map(([name]) => name),
    unservedOutputs: unserved.map(([name, { type }]) => ({ name, type })),
    retryOptions: metadata.retryOptions,
    metadata,
  };
}
