import { z } from 'zod';
import { invalidFields } from '../../../api/problem';
import { AzurePolicyDocument } from '../../../policies/azure-backup/policy-document';
import { translatePolicy } from '../../../policies/azure-backup/translate-policy';
import { BackupPolicy, PolicyName } from '../../../policies/policy';
import { registerRoute } from '../register-route';

const FieldNotes = z.array(z.strictObject({ field: z.string(), reason: z.string() }));

registerRoute('importPolicy', {
  method: 'POST',
  route: 'policies/import',
  summary: 'Translates a policy of Azure Backup for VMs, as it is exported; stores nothing',
  body: AzurePolicyDocument,
  answers: {
    200: z.strictObject({
      /** A name to store it under, made of the one that it has. */
      name: PolicyName.optional(),
      /** What PUT takes. */
      policy: BackupPolicy,
      /** What the document says that the policy does not. */
      notCarriedOver: FieldNotes,
      /** What the document leaves open, and what stands in the policy for it. */
      assumed: FieldNotes,
    }),
  },
  handler: async ({ body }) => {
    const translated = translatePolicy(body);
    if (!('faults' in translated)) return { jsonBody: translated };
    const [first = { field: 'body', detail: 'not valid' }, ...others] = translated.faults.map(
      ({ field, reason }) => ({ field, detail: reason }),
    );
    throw invalidFields(first, ...others);
  },
});
