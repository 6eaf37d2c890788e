// External events.

const df = require('durable-functions');
const { describe, soon } = require('../support/tools.js');

df.app.orchestration('event', function* (ctx) {
  return describe(yield ctx.df.waitForExternalEvent('go'));
});
df.app.orchestration('lateEvent', function* (ctx) {
  yield ctx.df.createTimer(soon(ctx, 3000));
  return describe(yield ctx.df.waitForExternalEvent('go'));
});
df.app.orchestration('twoWaiters', function* (ctx) {
  return yield ctx.df.Task.all([ctx.df.waitForExternalEvent('go'), ctx.df.waitForExternalEvent('go')]);
});
df.app.orchestration('threeInOrder', function* (ctx) {
  const got = [];
  for (let i = 0; i < 3; i++) got.push(yield ctx.df.waitForExternalEvent('go'));
  return got;
});
