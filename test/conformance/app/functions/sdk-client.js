// The SDK's client, for tests that ask through it.

const { app } = require('@azure/functions');
const df = require('durable-functions');

/** The client's filters want dates, which JSON has none of. */
const withDates = (value) =>
  value?.createdTimeFrom === undefined
    ? value
    : Object.fromEntries(
        Object.entries(value).map(([key, of]) => [key, /^createdTime/.test(key) ? new Date(of) : of]),
      );

/** Those that answer with a response. */
const RESPONDING = {
  check: (client, request, id) => client.createCheckStatusResponse(request, id),
  waitFor: (client, request, ...args) =>
    client.waitForCompletionOrCreateCheckStatusResponse(request, ...args),
};

app.http('sdk', {
  route: 'sdk',
  methods: ['POST'],
  authLevel: 'anonymous',
  extraInputs: [df.input.durableClient()],
  handler: async (request, context) => {
    const { op, args = [] } = await request.json();
    const client = df.getClient(context);
    try {
      if (RESPONDING[op]) return await RESPONDING[op](client, request, ...args);
      const result = await client[op](...args.map(withDates));
      return { jsonBody: { ok: true, result: result === undefined ? 'undefined' : result } };
    } catch (error) {
      return { jsonBody: { ok: false, name: error.name, message: error.message } };
    }
  },
});
