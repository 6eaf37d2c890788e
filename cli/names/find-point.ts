import type { ApiClient } from '../../client/api-client';
import type { PointDescription } from '../../client/api-types';
import { EXIT } from '../ending/exit-codes';
import { Refused } from '../ending/refused';
import { findVm, type NamedVm, vmNamed } from './find-vm';
import { onlyOne } from './only-one';

const POINT_ID = /^[a-z0-9][a-z0-9-]{0,62}\.\d{8}t\d{6}z(-[0-9a-f]{1,8})?$/;
const WAYS =
  'web-1@latest, web-1@2026-11-20 (the newest of that day, UTC), web-1@-2 (two before the latest), or its id';

/** How a short name tells a point of a VM. */
export type PointChoice = { back: number } | { time: string } | { stamp: string };

/** `web-1@2026-11-20` → the VM, and which of its points. Throws `Refused` when it tells no point. */
export function parsePoint(text: string): { id: string } | { vm: string; which: PointChoice } {
  if (POINT_ID.test(text)) return { id: text };
  const [, vm, choice = ''] = /^(.+)@([^@]+)$/.exec(text) ?? [];
  const which = parseChoice(choice);
  if (vm === undefined || !which) {
    throw new Refused(EXIT.usage, `${JSON.stringify(text)} names no recovery point.`, `Name one as ${WAYS}.`);
  }
  return { vm, which };
}

function parseChoice(text: string): PointChoice | undefined {
  if (text === 'latest') return { back: 0 };
  const [, back] = /^-(\d{1,6})$/.exec(text) ?? [];
  if (back !== undefined) return { back: Number(back) };
  if (/^\d{4}-\d\d(-\d\d(T\d\d(:\d\d(:\d\d)?)?)?)?Z?$/i.test(text))
    return { time: text.replace(/z$/i, '').toUpperCase() };
  return /^\d{8}(t\d{0,6}(z[0-9a-f-]*)?)?$/.test(text) ? { stamp: text } : undefined;
}

/**
 * Id of the point that a short name means; a full id is taken as it is, and whoever asks for it says whether
 * it is there. Throws `Refused` when the VM has no such point, or several.
 * @param deleted whether those that can be undeleted are looked at, and no others
 */
export async function findPoint(api: ApiClient, text: string, { deleted = false } = {}): Promise<string> {
  const parsed = parsePoint(text);
  if ('id' in parsed) return parsed.id;
  const { key } = await findVm(api, parsed.vm);
  const { recoveryPoints } = await api.listRecoveryPoints({
    vm: key,
    deleted: deleted ? 'include' : 'exclude',
  });
  const points = deleted ? recoveryPoints.filter((point) => point.deleted) : recoveryPoints;
  const lookUp = `vmbackup point list ${key}${deleted ? ' --deleted' : ''}`;
  return theOne(text, chosen(points, parsed.which), lookUp);
}

/**
 * The same among points that are at hand.
 * @param lookUp the command that lists them
 */
export function pointNamed(
  { recoveryPoints, vms }: { recoveryPoints: readonly PointDescription[]; vms: readonly NamedVm[] },
  text: string,
  lookUp: string,
): string {
  const parsed = parsePoint(text);
  if ('id' in parsed) return parsed.id;
  const { key } = vmNamed(vms, parsed.vm, lookUp);
  const ofVm = recoveryPoints.filter(({ vm }) => vm === key);
  return theOne(text, chosen(ofVm, parsed.which), lookUp);
}

const theOne = (text: string, found: PointDescription[], lookUp: string): string =>
  onlyOne('recovery point', text, found, ({ id, time }) => `${id}  (${time})`, lookUp).id;

/** @param points of one VM, in any order */
export function chosen(points: readonly PointDescription[], which: PointChoice): PointDescription[] {
  const newestFirst = points.toSorted((a, b) => (a.time < b.time ? 1 : -1));
  if ('back' in which) return newestFirst.slice(which.back, which.back + 1);
  if ('time' in which) return newestFirst.filter(({ time }) => time.startsWith(which.time)).slice(0, 1);
  return newestFirst.filter(({ id, vm }) => id.startsWith(`${vm}.${which.stamp}`));
}
