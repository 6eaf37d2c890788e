import { CommanderError } from 'commander';
import { ApiProblem, RequestFailed } from '../../client/request-failed';
import { StartRefused } from '../../local/start/start-refused';
import { EXIT, type ExitCode } from './exit-codes';
import { codeOfFailure, failureOf } from './failure-codes';
import { Refused } from './refused';

/** What to tell people about an error, and the exit code that goes with it. */
export interface Explained {
  /** Empty where somebody has said it already. */
  words: string;
  exitCode: ExitCode;
}

const NO_API = 'What answers at this address is not the API of Durable VM Backup.';
const CHECK_ADDRESS =
  'Check the address: it ends with the prefix of the API, as in https://NAME.azurewebsites.net/api.';

/** @param address of the API that was asked, where one was found */
export function explainError(error: unknown, address?: string): Explained {
  if (error instanceof CommanderError)
    return { words: '', exitCode: error.exitCode === 0 ? EXIT.done : EXIT.usage };
  if (error instanceof Refused)
    return { words: lines(error.message, error.remedy), exitCode: error.exitCode };
  if (error instanceof StartRefused)
    return { words: lines(error.message, error.remedy), exitCode: EXIT.usage };
  const failure = failureOf(error);
  if (failure)
    return {
      words: lines(`${failure.code}: ${failure.message}`, failure.remedy),
      exitCode: codeOfFailure(failure),
    };
  if (error instanceof ApiProblem) return { words: problemWords(error), exitCode: codeOf(error.status) };
  if (error instanceof RequestFailed) return explainAnswer(error);
  if (isUnreachable(error)) {
    const where = address === undefined ? 'The system' : address;
    return {
      words: lines(
        `${where} cannot be reached: ${causeOf(error)}.`,
        'vmbackup config show tells which system is asked, and why.',
      ),
      exitCode: EXIT.unreachable,
    };
  }
  return { words: error instanceof Error ? error.message : String(error), exitCode: EXIT.failed };
}

/** True for an error that says nothing but that there was no answer: the system may be starting again. */
export function isUnreachable(error: unknown): boolean {
  if (error instanceof RequestFailed) return isGateway(error.status) && !(error instanceof ApiProblem);
  return error instanceof TypeError && (error as { cause?: unknown }).cause !== undefined;
}

const isGateway = (status: number) => status >= 502 && status <= 504;

function explainAnswer({ status, code, message, remedy }: RequestFailed): Explained {
  if (code !== undefined) return { words: lines(message, remedy), exitCode: codeOf(status) };
  if (status === 401 || status === 403) {
    return {
      words: lines(
        `The system refuses the request (${status}): it wants a function key, or another one.`,
        'Set VMBACKUP_KEY, or tell where the key is: vmbackup config set NAME --url URL --key-file FILE.',
      ),
      exitCode: EXIT.notAllowed,
    };
  }
  if (isGateway(status)) return { words: message, exitCode: EXIT.unreachable };
  if (status === 404) return { words: lines(NO_API, CHECK_ADDRESS), exitCode: EXIT.unreachable };
  return { words: message, exitCode: codeOf(status) };
}

/** By the status of an answer; what is the system's own failure is 1. */
function codeOf(status: number): ExitCode {
  if (status === 401 || status === 403) return EXIT.notAllowed;
  if (status === 404 || status === 410) return EXIT.notFound;
  if (status === 409 || status === 412) return EXIT.conflict;
  return status < 500 ? EXIT.usage : EXIT.failed;
}

function problemWords({ code, detail, remedy, document }: ApiProblem): string {
  const faults = document.faults ?? [];
  const all = faults.length > 1 ? faults.map(({ field, detail: what }) => `  ${field}: ${what}`) : [];
  return lines(`${code}: ${detail}`, ...all, remedy);
}

function causeOf(error: unknown): string {
  const { cause } = error as { cause?: { code?: string; message?: string } };
  if (cause?.code === 'ECONNREFUSED') return 'nobody listens there';
  if (cause?.code === 'ENOTFOUND') return 'there is no such host';
  return cause?.code ?? cause?.message ?? 'no answer';
}

const lines = (...all: (string | undefined)[]): string => all.filter(Boolean).join('\n');
