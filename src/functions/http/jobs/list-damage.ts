import { z } from 'zod';
import { Limit } from '../../../api/paging';
import { notFound } from '../../../api/problem';
import { DAMAGE_PLACE, foundDamage } from '../../../vault/damage/kept-damage';
import { GRAMMARS } from '../../../vault/format/names';
import { registerRoute } from '../register-route';

const Place = z.string().regex(DAMAGE_PLACE, 'not a place that a page of this list named as next');
const DiskId = z.string().regex(GRAMMARS.DISK_ID, 'not the id of a disk');

const DamagedRange = z.strictObject({
  diskId: z.string(),
  offset: z.number().meta({ description: 'Where on the disk it begins, in bytes.' }),
  length: z.number(),
  object: z.string().meta({ description: 'The blob of the vault that is at fault.' }),
  code: z.string().meta({ description: 'What is wrong with it, as in docs/failures.md.' }),
  lost: z.boolean().meta({
    description: 'Whether these bytes cannot be restored; not so where only digests are damaged.',
  }),
});

registerRoute('listDamage', {
  method: 'GET',
  route: 'jobs/{job}/damage',
  summary: 'Every range that a verification or a restore found damaged, as long as its point is kept',
  query: z.strictObject({ disk: DiskId.optional(), limit: Limit(100), after: Place.optional() }),
  answers: { 200: z.strictObject({ damage: z.array(DamagedRange), next: Place.optional() }) },
  handler: async ({ params: { job: jobId }, query: { disk: diskId, limit, after }, jobs, vault }) => {
    const job = await jobs.read(jobId);
    if (!job) throw notFound('job', jobId, 'GET /api/jobs');
    const { recoveryPoint: pointId } = job.value;
    const damage: z.output<typeof DamagedRange>[] = [];
    let next: string | undefined;
    if (pointId === undefined) return { jsonBody: { damage } };
    let last: string | undefined;
    for await (const { place, ...found } of foundDamage(vault, { pointId, jobId, diskId, after })) {
      if (damage.length === limit) {
        next = last;
        break;
      }
      damage.push(found);
      last = place;
    }
    return { jsonBody: { damage, next } };
  },
});
