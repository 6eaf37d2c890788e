import type { LogLevel } from '../basics/log';
import type { FunctionMetadata, Invocation, InvocationResponse } from './protocol';

/** What `@azure/functions` hands over with its first registration. */
export interface ProgrammingModel {
  name: string;
  version: string;
  getInvocationModel(context: CoreInvocationContext): InvocationModel;
  getCapabilities(capabilities: Record<string, string>): Promise<Record<string, string>>;
}

export interface InvocationModel {
  getArguments(): Promise<{ context: unknown; inputs: unknown[] }>;
  invokeFunction(context: unknown, inputs: unknown[], callback: FunctionCallback): Promise<unknown>;
  getResponse(context: unknown, result: unknown): Promise<InvocationResponse>;
}

export interface CoreInvocationContext {
  invocationId: string;
  request: Invocation & { functionId: string };
  metadata: FunctionMetadata;
  state?: 'preInvocationHooks' | 'invocation' | 'postInvocationHooks';
  log(level: LogLevel, category: LogCategory, message: string): void;
}

export type FunctionCallback = (...args: unknown[]) => unknown;
export type LogCategory = 'user' | 'system' | 'customMetric';
export type HookContext = Record<string, unknown>;
type HookCallback = (context: HookContext) => unknown;

const HOOK_NAMES = ['preInvocation', 'postInvocation', 'appStart', 'appTerminate', 'log'] as const;
export type HookName = (typeof HOOK_NAMES)[number];

export interface RegisteredFunction {
  metadata: FunctionMetadata;
  callback: FunctionCallback;
}

/** What an app has registered, and the module `@azure/functions-core` through which it did so. */
export interface Core {
  /** The exports of the module. */
  module: Record<string, unknown>;
  functions: Map<string, RegisteredFunction>;
  model(): ProgrammingModel | undefined;
  /** No registrations from here on, as in the real worker. */
  lock(): void;
  /** Runs the hooks of one name, one after another, in the order of their registration. */
  runHooks(name: HookName, context: HookContext): Promise<void>;
  /** Runs the log hooks; they are synchronous and may change the context. */
  runLogHooks(context: HookContext): void;
}

class Disposable {
  readonly #onDispose: () => void;
  constructor(onDispose: () => void) {
    this.#onDispose = onDispose;
  }
  static from(...disposables: { dispose(): unknown }[]): Disposable {
    return new Disposable(() => {
      for (const disposable of disposables) disposable.dispose();
    });
  }
  dispose(): void {
    this.#onDispose();
  }
}

/** Makes the core module that the Functions host gives to `@azure/functions`. */
export function createCore(
  versions: { worker: string; host: string },
  log: (level: LogLevel, message: string) => void,
): Core {
  const functions = new Map<string, RegisteredFunction>();
  const hooks = new Map<HookName, HookCallback[]>(HOOK_NAMES.map((name) => [name, []]));
  let model: ProgrammingModel | undefined;
  let locked = false;

  const module = {
    version: versions.worker,
    hostVersion: versions.host,
    Disposable,
    setProgrammingModel(given: ProgrammingModel) {
      model = given;
    },
    getProgrammingModel: () => model,
    registerFunction(metadata: FunctionMetadata, callback: FunctionCallback): Disposable {
      if (locked) {
        throw systemError(`The function "${metadata.name}" can only be registered during app startup.`);
      }
      const id = metadata.functionId ?? metadata.name;
      if (functions.has(id)) {
        throw systemError(`A function with the name "${id}" is already registered. Names must be unique.`);
      }
      functions.set(id, { metadata, callback });
      return new Disposable(() => functions.delete(id));
    },
    registerHook(name: HookName, callback: HookCallback): Disposable {
      const list = hooks.get(name);
      if (!list) throw systemError(`Unrecognized hook "${name}".`, RangeError);
      list.push(callback);
      return new Disposable(() => {
        const index = list.indexOf(callback);
        if (index >= 0) list.splice(index, 1);
      });
    },
    log: (level: LogLevel, _category: LogCategory, message: string) => log(level, message),
  };

  return {
    module,
    functions,
    model: () => model,
    lock: () => {
      locked = true;
    },
    async runHooks(name, context) {
      for (const callback of hooks.get(name) ?? []) await callback(context);
    },
    runLogHooks(context) {
      for (const callback of hooks.get('log') ?? []) callback(context);
    },
  };
}

function systemError(message: string, Type: ErrorConstructor | RangeErrorConstructor = Error): Error {
  return Object.assign(new Type(message), { isAzureFunctionsSystemError: true });
}
