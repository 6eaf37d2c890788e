import type { Session } from '../command/session';
import { findPoint } from '../names/find-point';
import { findVm } from '../names/find-vm';
import { table } from '../output/table';
import { POINT_COLUMNS, POINT_DISKS, POINT_FIELDS } from './point-columns';

/** The points of a VM, oldest first. */
export async function listPoints(session: Session, text: string, deleted = false): Promise<void> {
  const { api } = session;
  const { key: vm } = await findVm(api, text);
  const document = await api.listRecoveryPoints({ vm, deleted: deleted ? 'include' : 'exclude' });
  session.list({ document, rows: document.recoveryPoints, columns: POINT_COLUMNS });
  for (const { pointId, failure } of document.refused) {
    session.say(`${pointId} cannot be read. ${failure.code}: ${failure.message}\n${failure.remedy}`);
  }
}

export async function showPoint(session: Session, text: string): Promise<void> {
  const { api } = session;
  const point = await api.getRecoveryPoint({ point: await findPoint(api, text) });
  session.show(point, POINT_FIELDS, [table(POINT_DISKS, point.disks)]);
}
