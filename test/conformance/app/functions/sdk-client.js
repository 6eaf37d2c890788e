// The SDK's client, for tests that ask through it.

const { app } = require('@azure/functions');
const df = require('durable-functions');

app.http('sdk', {
  route: 'sdk',
  methods: ['POST'],
  authLevel: 'anonymous',
  extraInputs: [df.input.durableClient()],
  handler: async (request, context) => {
    const { op, args = [] } = await request.json();
    const client = df.getClient(context);
    try {
      const result =
        op === 'waitFor'
          ? await client.waitForCompletionOrCreateCheckStatusResponse(request, ...args)
          : op === 'check'
            ? client.createCheckStatusResponse(request, ...args)
            : await client[op](...args.map((a) => (a === '__undefined' ? undefined : a)));
      if (op === 'waitFor' || op === 'check') return result;
      return { jsonBody: { ok: true, result: result === undefined ? '__undefined' : result } };
    } catch (error) {
      return { jsonBody: { ok: false, name: error.name, message: error.message } };
    }
  },
});
