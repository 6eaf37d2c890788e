import { z } from 'zod';
import { registerRoute } from '../register-route';

registerRoute('health', {
  method: 'GET',
  route: 'health',
  summary: 'Whether the app can reach its vault, and it is the one that the app opened',
  access: 'anonymous',
  answers: { 200: z.strictObject({ status: z.literal('ok'), time: z.string() }) },
  handler: async ({ store, vault }) => {
    await vault.lookAgain();
    return { jsonBody: { status: 'ok', time: await store.now() } };
  },
});
