import type { OperationOptions } from '../arm/long-running';
import { during, type Step, stepFailure } from '../failures/arm-failure';

/** A resource as Azure answers it on the wire. */
export type RawResource = Record<string, unknown>;

/**
 * What one call of the SDK answers, and the body of that answer before the SDK drops what it does not know.
 * Fails with the causes of `step`.
 */
export async function readRaw<T>(
  step: Step,
  call: (options: OperationOptions) => Promise<T>,
): Promise<{ value: T; raw: RawResource }> {
  let text: string | null | undefined;
  const value = await during(step, () =>
    call({
      onResponse: (response) => {
        text = response.bodyAsText;
      },
    }),
  );
  if (!text) throw stepFailure('ComputeUnavailable', step, 'Azure answered without a body.');
  return { value, raw: JSON.parse(text) as RawResource };
}
