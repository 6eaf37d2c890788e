import { owedStartOf, oweStart } from '../../protection/owed-starts';
import { noteUnfinished } from '../../protection/unfinished-restores';
import { inspectReplaceable, planReplacement } from '../../restore/replacement';
import { keepReplacement, readRestoredDisks } from '../../restore/restore-documents';
import { readPointInUse } from '../../vault/points';
import { registerActivity } from '../register-activity';

/**
 * From here on the VM is switched off, if it runs, and its disks change: what it owes is written down first,
 * and that no backup of it counts until that is settled.
 */
registerActivity('planReplacement', async ({ jobId, vmKey, pointId, to }, services) => {
  const { compute, store, vault } = services;
  const point = await readPointInUse(vault, pointId);
  const present = await inspectReplaceable(compute, point, to);
  // A VM that an earlier restore left off is to run after this one.
  const isOwed = (await owedStartOf(store, vmKey)) !== undefined;
  const vmNow = { ...present, running: present.running || isOwed };
  const planned = planReplacement(point, vmNow, await readRestoredDisks(store, jobId), to.disks);
  const replacement = await keepReplacement(store, jobId, planned);
  const { vm, running } = replacement;
  const now = await store.now();
  if (running && to.start !== false) await oweStart(store, { vmKey, jobId, now }, replacement);
  await noteUnfinished(services, vmKey, jobId, now);
  return { vm, running };
});
