import { z } from 'zod';
import { sumOf } from '../basics/sum-of';
import type { LetGo } from '../protection/let-go';
import { letsGoOfPoints, protectionLetsGoOfPoints } from './problem';

const POINTS_SHOWN = 20;

/** What a change of a policy would let go of at once. */
export const WhatIf = z.strictObject({
  policy: z.string(),
  /** Recovery points that the next retention would take because of the change: the number to confirm. */
  letsGo: z.int(),
  /** Of each VM that loses some. */
  vms: z.array(
    z.strictObject({
      vm: z.string(),
      letsGo: z.int(),
      /** The oldest of them. */
      points: z.array(z.string()),
    }),
  ),
});
export type WhatIf = z.output<typeof WhatIf>;

export const describeLetGo = (policy: string, losing: LetGo[]): WhatIf => ({
  policy,
  letsGo: countOf(losing),
  vms: losing.map(({ vm, points }) => ({ vm, letsGo: points.length, points: points.slice(0, POINTS_SHOWN) })),
});

const countOf = (losing: LetGo[]): number => sumOf(losing, ({ points }) => points.length);

/** The number of points that somebody agrees to let go of, in decimal digits. */
export const Confirm = z.strictObject({
  confirm: z
    .preprocess(
      (text) => (typeof text === 'string' && /^\d{1,9}$/.test(text) ? Number(text) : text),
      z.int({ error: 'not a number of points' }).min(0),
    )
    .optional(),
});

/** Throws a problem when a change of a policy lets points go that nobody has confirmed. */
export function requireConfirmed(policy: string, losing: LetGo[], confirmed: number | undefined): void {
  if (isConfirmed(losing, confirmed)) return;
  throw letsGoOfPoints(policy, lossOf(losing));
}

/** The same, when a VM is protected another way. */
export function requireProtectionConfirmed(
  policy: string,
  losing: LetGo,
  confirmed: number | undefined,
): void {
  if (isConfirmed([losing], confirmed)) return;
  throw protectionLetsGoOfPoints(policy, lossOf([losing]));
}

const isConfirmed = (losing: LetGo[], confirmed: number | undefined): boolean =>
  [0, confirmed].includes(countOf(losing));

const lossOf = (losing: LetGo[]) => ({
  count: countOf(losing),
  vms: losing.map(({ vm }) => vm),
  points: losing.flatMap(({ points }) => points.slice(0, POINTS_SHOWN)).slice(0, POINTS_SHOWN),
});
