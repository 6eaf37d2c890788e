// Sub-orchestrations.

const df = require('durable-functions');
const { caught } = require('../support/tools.js');

df.app.orchestration('parent', function* (ctx) {
  const result = yield ctx.df.callSubOrchestrator('event', null, `${ctx.df.instanceId}-child`);
  return { result };
});
df.app.orchestration('parentCatches', function* (ctx) {
  try {
    return yield ctx.df.callSubOrchestrator('event', null, `${ctx.df.instanceId}-child`);
  } catch (error) {
    return caught(error);
  }
});
df.app.orchestration('sameChild', function* (ctx) {
  try {
    return yield ctx.df.callSubOrchestrator('event', null, ctx.df.getInput().id);
  } catch (error) {
    return caught(error);
  }
});
df.app.orchestration('defaultChildId', function* (ctx) {
  return yield ctx.df.callSubOrchestrator('describeSub', { a: 1 });
});
