import { z } from 'zod';
import { PARAMS } from '../../../api/keys';
import { Limit, pageOf } from '../../../api/paging';
import { notMeasured } from '../../../api/problem';
import { readVaultReport, VaultReport } from '../../../vault/usage/kept-report';
import { registerRoute } from '../register-route';

registerRoute('getVault', {
  method: 'GET',
  route: 'vault',
  summary:
    'What lies in the vault, by kind and VM, and what a collection would free: as maintenance counted it',
  query: z.strictObject({ limit: Limit(1000), after: PARAMS.vm.optional() }),
  answers: { 200: z.strictObject({ ...VaultReport.shape, next: z.string().optional() }) },
  handler: async ({ query, vault }) => {
    const report = await readVaultReport(vault);
    if (!report) throw notMeasured();
    const { page, next } = pageOf(report.vms, ({ vm }) => vm, query);
    return { jsonBody: { ...report, vms: page, next } };
  },
});
