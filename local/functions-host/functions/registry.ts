// The functions of the app: which there are, and what a call of one consists of.

import { HostError } from '../basics/errors';
import type { Binding, FunctionMetadata } from '../worker/protocol';

export type FunctionKind = 'http' | 'timer' | 'orchestrator' | 'activity';

/** A function that this host can run. */
export interface HostedFunction {
  name: string;
  kind: FunctionKind;
  /** The name and settings of the trigger's binding. */
  trigger: { name: string } & Binding;
  /** Names of the bindings that want a durable client. */
  clientBindings: string[];
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
};
const SUPPORTED_INPUTS = ['durableclient', 'orchestrationclient'];
const SUPPORTED_OUTPUTS = ['http'];

/**
 * The functions of an app except those that the setting `AzureWebJobs.<name>.Disabled` takes away.
 * @throws HostError naming the function and the type when an app uses a binding that this host does not have.
 */
export function createRegistry(functions: FunctionMetadata[], environment: NodeJS.ProcessEnv): Registry {
  const isDisabled = (name: string) => /^(true|1)$/i.test(environment[`AzureWebJobs.${name}.Disabled`] ?? '');
  const all = functions.filter(({ name }) => !isDisabled(name)).map(hostedFunction);
  const byLowerName = new Map(all.map((fn) => [fn.name.toLowerCase(), fn]));
  const byName = (name: string) => byLowerName.get(name.toLowerCase());
  return {
    all,
    byName,
    find(kind, name) {
      const fn = byName(name);
      return fn?.kind === kind ? fn : undefined;
    },
  };
}

function hostedFunction(metadata: FunctionMetadata): HostedFunction {
  const bindings = Object.entries(metadata.bindings);
  const trigger = bindings.find(([, { type }]) => /trigger$/i.test(type));
  if (!trigger) throw new HostError(`The function "${metadata.name}" has no trigger.`, 'Give it one.');
  const [triggerName, triggerBinding] = trigger;
  const kind = KINDS[triggerBinding.type.toLowerCase()];
  if (!kind) throw unsupported(metadata.name, triggerBinding.type);

  const clientBindings: string[] = [];
  for (const [name, binding] of bindings) {
    if (name === triggerName) continue;
    const type = binding.type.toLowerCase();
    const supported = binding.direction === 'in' ? SUPPORTED_INPUTS : SUPPORTED_OUTPUTS;
    if (!supported.includes(type)) throw unsupported(metadata.name, binding.type);
    if (binding.direction === 'in') clientBindings.push(name);
  }
  return {
    name: metadata.name,
    kind,
    trigger: { ...triggerBinding, name: triggerName },
    clientBindings,
    retryOptions: metadata.retryOptions,
    metadata,
  };
}

function unsupported(name: string, type: string): HostError {
  const entity = /^entityTrigger$/i.test(type) ? ' Durable entities are left out of this host.' : '';
  return new HostError(
    `The function "${name}" uses the binding "${type}", which this host does not support.${entity}`,
    'It has HTTP, timer, orchestration and activity triggers and the durable client; ' +
      'leave the function out of "main" when running here.',
  );
}
