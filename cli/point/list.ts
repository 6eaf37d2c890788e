import type { AnswerOf } from '../../client/api-client';
import type { PointDescription } from '../../client/api-types';
import type { Session } from '../command/session';
import { pointIn, pointsIn } from '../direct/find-in-vault';
import { inVault } from '../direct/in-vault';
import { EXIT } from '../ending/exit-codes';
import { Refused } from '../ending/refused';
import { findPoint } from '../names/find-point';
import { findVm, vmNamed } from '../names/find-vm';
import { table } from '../output/table';
import { POINT_COLUMNS, POINT_DISKS, POINT_FIELDS } from './point-columns';

type PointList = AnswerOf<'listRecoveryPoints'>;

/** The points of a VM, oldest first; straight from a vault also those of all VMs. */
export async function listPoints(session: Session, text: string | undefined, deleted = false): Promise<void> {
  if (session.namedVault) return listFromVault(session, text, deleted);
  if (text === undefined)
    throw new Refused(
      EXIT.usage,
      'Say of which VM.',
      'vmbackup vm list lists them; only --vault needs none.',
    );
  const { api } = session;
  const { key: vm } = await findVm(api, text);
  show(session, await api.listRecoveryPoints({ vm, deleted: deleted ? 'include' : 'exclude' }));
}

function listFromVault(session: Session, text: string | undefined, deleted: boolean): Promise<void> {
  return inVault(session, '', async (vault) => {
    const { vms, ...all } = await pointsIn(vault, { deleted });
    if (text === undefined) return show(session, all);
    // A VM that only has points that cannot be read is known by its key.
    const refusedOf = (key: string) => all.refused.filter(({ pointId }) => pointId.startsWith(`${key}.`));
    const keys = all.refused.map(({ pointId }) => pointId.slice(0, pointId.lastIndexOf('.')));
    const unread = keys
      .filter((key, at) => keys.indexOf(key) === at && !vms.some((vm) => vm.key === key))
      .map((key) => ({ key, name: key, resourceGroup: '' }));
    const { key } = vmNamed([...vms, ...unread], text, 'vmbackup point list');
    const recoveryPoints = all.recoveryPoints.filter(({ vm }) => vm === key);
    show(session, { recoveryPoints, refused: refusedOf(key) });
  });
}

function show(session: Session, document: PointList): void {
  session.list({ document, rows: document.recoveryPoints, columns: POINT_COLUMNS });
  for (const { pointId, failure } of document.refused) {
    session.say(`${pointId} cannot be read. ${failure.code}: ${failure.message}\n${failure.remedy}`);
  }
}

export async function showPoint(session: Session, text: string): Promise<void> {
  if (session.namedVault)
    return inVault(session, '', async (vault) => showOne(session, await pointIn(vault, text)));
  const { api } = session;
  showOne(session, await api.getRecoveryPoint({ point: await findPoint(api, text) }));
}

const showOne = (session: Session, point: PointDescription): void =>
  session.show(point, POINT_FIELDS, [table(POINT_DISKS, point.disks)]);
