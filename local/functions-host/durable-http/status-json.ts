import type { InstanceRow } from '../store/instances';

/** The status document of an instance, as the extension's HTTP API shows it. Times are in whole seconds. */
export function statusJson(instance: InstanceRow, options: { showInput: boolean; history?: unknown[] }) {
  return {
    name: instance.name,
    ...(instance.version && { version: instance.version }),
    instanceId: instance.id,
    ...(instance.parent && { parentInstanceId: instance.parent.OrchestrationInstance.InstanceId }),
    runtimeStatus: instance.status,
    input: options.showInput ? parse(instance.input) : null,
    customStatus: parse(instance.customStatus),
    output: parse(instance.output),
    createdTime: wholeSeconds(instance.createdAt),
    lastUpdatedTime: wholeSeconds(instance.updatedAt),
    ...(options.history && { historyEvents: options.history }),
  };
}

/** The value of a JSON text; what is none is a text, without blanks around it. */
export function parse(text: string | null): unknown {
  if (text === null) return null;
  try {
    return JSON.parse(text);
  } catch {
    return text.trim();
  }
}

function wholeSeconds(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
}
