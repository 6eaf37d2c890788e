import type { Guest } from './guest';

type Scripts = NonNullable<Guest['scripts']>;
type Script = Scripts['pre'];

/**
 * `succeeded`: both scripts ran well, the point is application-consistent. `failure`: the
 * backup fails with this message.
 */
export interface ScriptsOutcome {
  succeeded: boolean;
  failure?: string;
}

const HOST_TIMEOUT_SECONDS = 1800;

/**
 * Plays the pre and post script of a Linux guest by the rules of the VMSnapshotLinux extension: the
 * configuration must be root's and 600, scripts root's and 700, a script that fails or takes too long is
 * tried again as often as configured, and the post script always follows a pre script that ran.
 */
export function runScripts(scripts: Scripts | undefined): ScriptsOutcome {
  if (scripts === undefined || !scripts.configuration.parsable) return { succeeded: false };
  const { configuration } = scripts;
  const problem =
    permissionProblem('plugin configuration', configuration, /^[0246]00$/, '307') ??
    run('pre', scripts.pre, configuration.preScriptNoOfRetries, configuration.timeoutInSeconds) ??
    run('post', scripts.post, configuration.postScriptNoOfRetries, configuration.timeoutInSeconds);
  if (problem === undefined) return { succeeded: true };
  const mayContinue = configuration.continueBackupOnFailure && configuration.fsFreezeEnabled;
  return mayContinue
    ? { succeeded: false }
    : { succeeded: false, failure: `Restore Point creation failed: ${problem}` };
}

function run(
  which: 'pre' | 'post',
  script: Script,
  retries: number,
  timeoutSeconds: number,
): string | undefined {
  const codes =
    which === 'pre'
      ? { failed: 300, missing: 302, permission: 306, timeout: 308 }
      : { failed: 301, missing: 303, permission: 307, timeout: 309 };
  if (!script.exists) return `the ${which} script was not found (${codes.missing}).`;
  const notAllowed = permissionProblem(`${which} script`, script, /^[0-7]00$/, String(codes.permission));
  if (notAllowed !== undefined) return notAllowed;
  if (script.seconds > Math.min(timeoutSeconds, HOST_TIMEOUT_SECONDS)) {
    return `the ${which} script did not end in time (${codes.timeout}).`;
  }
  const attempts = Array.from(
    { length: retries + 1 },
    (_, attempt) => script.exitCodes[Math.min(attempt, script.exitCodes.length - 1)],
  );
  const succeeded = attempts.includes(0);
  return succeeded
    ? undefined
    : `the ${which} script ended with exit code ${attempts.at(-1)} (${codes.failed}).`;
}

function permissionProblem(
  what: string,
  file: { owner: string; mode: string },
  allowed: RegExp,
  code: string,
): string | undefined {
  const isRight = file.owner === 'root' && allowed.test(file.mode);
  return isRight ? undefined : `the ${what} must be owned by root and closed to group and others (${code}).`;
}
