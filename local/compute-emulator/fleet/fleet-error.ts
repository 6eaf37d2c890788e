export type FleetErrorCode =
  | 'unparsable'
  | 'missing-image'
  | 'not-raw'
  | 'invalid-size'
  | 'duplicate-vm'
  | 'duplicate-lun'
  | 'unknown-os'
  | 'no-os-disk'
  | 'unknown-field'
  | 'invalid-field';

/** A fleet file that cannot be used: which VM, which field, and why. */
export class FleetError extends Error {
  override readonly name = 'FleetError';
  constructor(
    readonly code: FleetErrorCode,
    readonly vm: string | undefined,
    readonly field: string | undefined,
    readonly reason: string,
  ) {
    const where = [
      vm === undefined ? [] : [`VM ${vm}`],
      field === undefined || field === '' ? [] : [`field ${field}`],
    ].flat();
    super(`The fleet file cannot be used: ${[...where, reason].join(': ')}.`);
  }
}
