const { app } = require('@azure/functions');
const df = require('durable-functions');

const COUNTER = (key) => new df.EntityId('counter', key);

df.app.entity('counter', (context) => {
  const before = context.df.getState(() => 0);
  if (context.df.operationName === 'add') context.df.setState(before + context.df.getInput());
  else context.df.return(before);
});
df.app.orchestration('counts', function* (context) {
  const { key } = context.df.getInput();
  context.df.signalEntity(COUNTER(key), 'add', 2);
  yield context.df.callEntity(COUNTER(key), 'add', 3);
  return yield context.df.callEntity(COUNTER(key), 'get');
});
df.app.orchestration('asksWeb', function* (context) {
  const { statusCode, content } = yield context.df.callHttp({ method: 'GET', ...context.df.getInput() });
  return { statusCode, content };
});
app.http('asks', {
  route: 'counter/{key}',
  extraInputs: [df.input.durableClient()],
  handler: async ({ method, params }, context) => {
    const client = df.getClient(context);
    if (method === 'POST') await client.signalEntity(COUNTER(params.key), 'add', 4);
    return { jsonBody: await client.readEntityState(COUNTER(params.key)) };
  },
});
