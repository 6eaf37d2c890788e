import type { ExitCode } from './exit-codes';

/** A command that ends here: with which exit code, what is wrong, and what to do about it. */
export class Refused extends Error {
  override readonly name = 'Refused';
  constructor(
    readonly exitCode: ExitCode,
    message: string,
    readonly remedy?: string,
  ) {
    super(message);
  }
}
