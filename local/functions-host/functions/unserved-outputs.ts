import type { Log } from '../basics/log';
import type { InvocationResponse, TypedData } from '../worker/protocol';
import type { HostedFunction } from './registry';

const MOST_CHARACTERS = 200;

/** Names the outputs that nobody serves here, in one line; undefined when there are none. */
export function unservedOutputsLine(functions: HostedFunction[]): string | undefined {
  const named = functions
    .filter(({ unservedOutputs }) => unservedOutputs.length > 0)
    .map(({ name, unservedOutputs }) => `${name} (${unservedOutputs.map(({ type }) => type).join(', ')})`);
  if (named.length === 0) return undefined;
  return `Only logged, because this host does not serve these outputs: ${named.join(', ')}.`;
}

/** Writes what a function has given to outputs that nobody serves here. */
export function logUnservedOutputs(
  fn: HostedFunction | undefined,
  { outputData = [], returnValue }: InvocationResponse,
  log: Log,
): void {
  for (const { name, type } of fn?.unservedOutputs ?? []) {
    const data = name === '$return' ? returnValue : outputData.find((output) => output.name === name)?.data;
    if (data) log('information', fn?.name ?? '', `gave to ${type}, which is not served here: ${shown(data)}`);
  }
}

function shown({ string, json, ...rest }: TypedData): string {
  const text = string ?? json ?? JSON.stringify(rest);
  return text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text;
}
