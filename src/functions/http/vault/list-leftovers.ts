import { z } from 'zod';
import { refusals, remedyOf } from '../../../protection/refusals';
import { registerRoute } from '../register-route';

const Leftover = z.strictObject({
  resourceId: z.string(),
  job: z.string().optional().meta({ description: 'The job that left it.' }),
  code: z.string().meta({ description: 'Why it stays, a code of the catalogue of failures.' }),
  message: z.string(),
  remedy: z.string(),
  since: z.string().meta({ description: 'When this cause was met first.' }),
  triedAt: z.string().meta({ description: 'When it was tried last.' }),
});

registerRoute('listLeftovers', {
  method: 'GET',
  route: 'leftovers',
  summary: 'What interrupted jobs have left in Azure and the sweep could not remove or settle, and why',
  answers: { 200: z.strictObject({ leftovers: z.array(Leftover) }) },
  handler: async ({ store }) => {
    const leftovers: z.output<typeof Leftover>[] = [];
    for await (const { value } of refusals(store).list({ onUnreadable: () => undefined })) {
      const { resourceId, jobId: job, code, message, since, triedAt } = value;
      leftovers.push({ resourceId, job, code, message, remedy: remedyOf(code), since, triedAt });
    }
    return { jsonBody: { leftovers } };
  },
});
