import { z } from 'zod';
import type { Failure } from '../../failures/failure';
import { asStepFailure, type Step } from '../failures/arm-failure';
import type { Wire } from './sdk-model';

/** A part of a resource that is asked for, and left out where Azure refuses the resource because of it. */
export const OptionalPart = z.object({
  /** Where it is on the wire, as in `properties.ipConfigurations[].properties.publicIPAddress`. */
  paths: z.array(z.string()),
  /** What a refusal names that is about it: ids, names, the property. */
  hints: z.array(z.string()),
  /** Whether it decides where the resource is put: what there may be no room for. */
  place: z.boolean(),
  /** What the job says where it is left out. */
  warning: z.string(),
});
export type OptionalPart = z.output<typeof OptionalPart>;

/** Refusals that may be about a part of what was asked for. */
const MAY_BE_ABOUT_A_PART: ReadonlySet<string> = new Set([
  'RestoreVmRefused',
  'RestoreVmNoCapacity',
  'RestoreVmGone',
  'RestoreResourceNotFound',
  'NetworkInterfaceNotFound',
  'NetworkInterfaceInUse',
  'ComputeAccessDenied',
  'DiskUploadFailed',
]);

/**
 * The optional parts to go on without after a refusal, by their place in the list: those that it names; all
 * that say where the resource goes where there is no room; all where it names none. Nothing when the refusal
 * is about something else, or everything has been left out before.
 */
export function partsAtFault(
  parts: readonly OptionalPart[],
  left: readonly number[],
  { code, message }: Pick<Failure, 'code' | 'message'>,
): number[] {
  if (!MAY_BE_ABOUT_A_PART.has(code)) return [];
  const said = message.toLowerCase();
  const there = [...parts.keys()].filter((index) => !left.includes(index));
  const named = there.filter((index) => parts[index]?.hints.some((hint) => isNamed(said, hint)));
  if (named.length > 0) return named;
  return code === 'RestoreVmNoCapacity' ? there.filter((index) => parts[index]?.place) : there;
}

/** Short values, as `1` or `true`, are in every message. */
const SHORTEST_HINT = 4;

const isNamed = (said: string, hint: string): boolean =>
  hint.length >= SHORTEST_HINT && said.includes(hint.toLowerCase());

/** The resource without these parts. */
export function withoutParts(
  model: Wire,
  parts: readonly OptionalPart[] = [],
  left: readonly number[] = [],
): Wire {
  const paths = left.flatMap((index) => parts[index]?.paths ?? []);
  return paths.reduce<Wire>((rest, path) => cut(rest, path.split('.')) as Wire, model);
}

/** What a job tells of the parts that were left out. */
export const warningsOf = (parts: readonly OptionalPart[] = [], left: readonly number[] = []): string[] =>
  left.flatMap((index) => parts[index]?.warning ?? []);

/**
 * Asks for a resource with `create`; where Azure refuses it for one of its optional parts, goes on with
 * `without`, which gets all that have been left out by then. Any other failure is thrown.
 */
export async function withoutRefused<T>(
  asked: { parts?: readonly OptionalPart[]; left?: readonly number[]; step: Step },
  without: (left: number[]) => T,
  create: () => Promise<T>,
): Promise<T> {
  try {
    return await create();
  } catch (error) {
    const { parts = [], left = [], step } = asked;
    const failure = asStepFailure(error, step);
    const more = partsAtFault(parts, left, failure.failure);
    if (more.length === 0) throw failure;
    return without([...left, ...more]);
  }
}

function cut(value: unknown, [step = '', ...rest]: string[]): unknown {
  if (Array.isArray(value)) return value.map((one) => cut(one, [step, ...rest]));
  if (typeof value !== 'object' || value === null) return value;
  const name = step.replace(/\[\]$/, '');
  const { [name]: child, ...others } = value as Wire;
  if (child === undefined) return value;
  return rest.length === 0 ? others : { ...others, [name]: cut(child, rest) };
}
