import type { FailureDetails } from '../durable-task/history';

// Texts of failures, as the Durable extension writes them into histories.

interface FailureFields {
  Reason: string;
  Details: string;
  FailureDetails?: FailureDetails;
}

/** The fields of a TaskFailed event. The two spaces are the extension's. */
export function activityFailure(name: string, message: string, stack: string): FailureFields {
  const failureDetails = failureDetailsOf(message);
  const text = failureDetails?.ErrorMessage ?? message;
  return {
    Reason: `Activity function '${name}' failed:  ${text}`,
    Details: JSON.stringify({
      $type: 'System.Exception, System.Private.CoreLib',
      ClassName: 'System.Exception',
      Message: text,
      StackTraceString: stack,
    }),
    ...(failureDetails && { FailureDetails: failureDetails }),
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
