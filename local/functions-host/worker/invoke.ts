import type { LogLevel } from '../basics/log';
import type { Core, CoreInvocationContext, HookContext, LogCategory } from './core-module';
import type { Invocation, InvocationResponse } from './protocol';

/** Writes what a function logs; `source` is the function's name. */
export type ThreadLog = (level: LogLevel, source: string, message: string) => void;

/**
 * Runs one invocation the way the Node.js worker does: arguments, pre-invocation hooks, the function,
 * post-invocation hooks, response. Hooks may replace inputs, callback, result and error.
 * @throws what the function threw, unless a hook took it away.
 */
export async function invoke(
  core: Core,
  invocation: Invocation,
  appHookData: object,
  log: ThreadLog,
): Promise<InvocationResponse> {
  const registered = core.functions.get(invocation.functionName);
  const model = core.model();
  if (!registered || !model) throw new Error(`No function "${invocation.functionName}" is registered.`);
  const { metadata } = registered;

  let invocationContext: unknown;
  const coreContext: CoreInvocationContext = {
    invocationId: invocation.invocationId,
    request: { ...invocation, functionId: invocation.functionName },
    metadata,
    log(level: LogLevel, category: LogCategory, message: string) {
      const entry: HookContext = { level, category, message, invocationContext, hookData, appHookData };
      core.runLogHooks(entry);
      log(entry.level as LogLevel, metadata.name, entry.message as string);
    },
  };
  const hookData = {};
  const invocationModel = model.getInvocationModel(coreContext);
  const { context, inputs } = await invocationModel.getArguments();
  invocationContext = context;

  coreContext.state = 'preInvocationHooks';
  const before: HookContext = {
    hookData,
    appHookData,
    invocationContext: context,
    functionCallback: registered.callback,
    inputs,
  };
  await core.runHooks('preInvocation', before);

  const after: HookContext = { hookData, appHookData, invocationContext: context, inputs: before.inputs };
  coreContext.state = 'invocation';
  try {
    after.result = await invocationModel.invokeFunction(
      context,
      before.inputs as unknown[],
      before.functionCallback as (...args: unknown[]) => unknown,
    );
  } catch (error) {
    after.error = error;
  }

  coreContext.state = 'postInvocationHooks';
  await core.runHooks('postInvocation', after);
  if (after.error !== undefined && after.error !== null) throw after.error;
  return invocationModel.getResponse(context, after.result);
}
