import { owedStartOf, oweStart } from '../../protection/owed-starts';
import { inspectReplaceable, planReplacement } from '../../restore/replacement';
import { keepReplacement, readRestoredDisks } from '../../restore/restore-documents';
import { readPointInUse } from '../../vault/points';
import { registerActivity } from '../register-activity';

/** From here on the VM is switched off, if it runs: what it owes is written down first. */
registerActivity('planReplacement', async ({ jobId, vmKey, pointId, to }, { compute, store, vault }) => {
  const point = await readPointInUse(vault, pointId);
  const present = await inspectReplaceable(compute, point, to);
  // A VM that an earlier restore left off is to run after this one.
  const isOwed = (await owedStartOf(store, vmKey)) !== undefined;
  const vmNow = { ...present, running: present.running || isOwed };
  const planned = planReplacement(point, vmNow, await readRestoredDisks(store, jobId), to.disks);
  const replacement = await keepReplacement(store, jobId, planned);
  const { vm, running } = replacement;
  if (running && to.start !== false)
    await oweStart(store, { vmKey, jobId, now: await store.now() }, replacement);
  return { vm, running };
});
