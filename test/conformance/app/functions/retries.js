// Calls with retry options.

const df = require('durable-functions');
const { caught, retry } = require('../support/tools.js');

df.app.orchestration('retrySucceeds', function* (ctx) {
  return yield ctx.df.callActivityWithRetry('failTimes', retry(4, 2), { key: ctx.df.instanceId, times: 2 });
});
df.app.orchestration('retryExhausts', function* (ctx) {
  try {
    yield ctx.df.callActivityWithRetry('fail', retry(3), { message: 'always' });
  } catch (error) {
    const after = yield ctx.df.callActivity('echo', 'after');
    return { ...caught(error), after };
  }
});
df.app.orchestration('retryOnce', function* (ctx) {
  try {
    yield ctx.df.callActivityWithRetry('fail', retry(1), { message: 'always' });
  } catch (error) {
    return caught(error);
  }
});
df.app.orchestration('retryUncaught', function* (ctx) {
  yield ctx.df.callActivityWithRetry('fail', retry(2), { message: 'always' });
});
df.app.orchestration('retrySub', function* (ctx) {
  try {
    yield ctx.df.callSubOrchestratorWithRetry(
      'failUncaught',
      retry(2),
      { message: 'deep' },
      `${ctx.df.instanceId}-sub`,
    );
  } catch (error) {
    const after = yield ctx.df.callActivity('echo', 'after');
    return { ...caught(error), after };
  }
});
df.app.orchestration('retryTimeout', function* (ctx) {
  const options = retry(10);
  options.retryTimeoutInMilliseconds = 300;
  try {
    yield ctx.df.callActivityWithRetry('fail', options, { message: 'always', ms: 200 });
  } catch (error) {
    return caught(error);
  }
});
