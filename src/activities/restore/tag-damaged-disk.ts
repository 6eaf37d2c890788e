import { tagDisk } from '../../compute/restore/tag-disk';
import type { ByteRange } from '../../disks/ports';
import { damageTags } from '../../restore/damage-tags';
import { foundDamage } from '../../vault/damage/kept-damage';
import { registerActivity } from '../register-activity';

registerActivity(
  'tagDamagedDisk',
  async ({ jobId, pointId, diskId, resourceId, token }, { compute, vault }) => {
    const damaged: ByteRange[] = [];
    for await (const damage of foundDamage(vault, { pointId, jobId, diskId }))
      if (damage.lost) damaged.push(damage);
    return tagDisk(compute, { resourceId, jobId, tags: damageTags(jobId, damaged) }, token);
  },
);
