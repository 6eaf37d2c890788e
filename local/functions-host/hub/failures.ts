import type { FailureDetails } from '../durable-task/history';

// Texts of failures, as the Durable extension writes them into histories.

interface FailureFields {
  Reason: string;
  Details: string;
  FailureDetails?: FailureDetails;
}

/** How the Functions host words what a worker threw. */
export const workerFailure = (message: string, stack: string): string =>
  `Result: Failure\nException: ${message}\nStack: ${stack}`;

/** The fields of a TaskFailed event. The two spaces are the extension's. */
export function activityFailure(name: string, message: string, stack: string): FailureFields {
  const failureDetails = failureDetailsOf(message);
  const failure = workerFailure(failureDetails?.ErrorMessage ?? message, stack);
  const text = messageOfWorker(failure);
  return {
    Reason: `Activity function '${name}' failed:  ${text}`,
    Details: JSON.stringify(
      netException(` ${text}`, NOWHERE, netException(failure, { stack, source: CORE }, null)),
    ),
    ...(failureDetails && { FailureDetails: failureDetails }),
  };
}

/** What the extension takes for the message: all before the last line that begins with `Stack:`. */
function messageOfWorker(failure: string): string {
  return failure.slice('Result: Failure\nException: '.length, failure.lastIndexOf('\nStack:'));
}

/** Where an exception was thrown, if it was. */
interface Origin {
  stack: string | null;
  /** The assembly. */
  source: string | null;
}

const NOWHERE: Origin = { stack: null, source: null };
const CORE = 'System.Private.CoreLib';

/** An exception of .NET, as Newtonsoft.Json writes it. */
function netException(message: string, { stack, source }: Origin, inner: object | null): object {
  return {
    $type: 'System.Exception, System.Private.CoreLib',
    ClassName: 'System.Exception',
    Message: message,
    Data: null,
    InnerException: inner,
    HelpURL: null,
    StackTraceString: stack,
    RemoteStackTraceString: null,
    RemoteStackIndex: 0,
    ExceptionMethod: null,
    HResult: -2146233088,
    Source: source,
    WatsonBuckets: null,
  };
}

/**
 * The failure details that the SDK writes as JSON into an error's message when the app has an exception
 * properties provider; undefined for an ordinary message.
 */
function failureDetailsOf(message: string): FailureDetails | undefined {
  if (!message.startsWith('{"errorType":')) return undefined;
  try {
    const details = JSON.parse(message) as Record<string, unknown>;
    return {
      ErrorType: String(details.errorType),
      ErrorMessage: String(details.errorMessage),
      StackTrace: (details.stackTrace as string | undefined) ?? null,
      IsNonRetriable: Boolean(details.isNonRetriable),
      Properties: (details.properties as Record<string, unknown> | undefined) ?? null,
      InnerFailure: null,
    };
  } catch {
    return undefined;
  }
}
