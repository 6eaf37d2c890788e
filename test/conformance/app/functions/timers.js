// Durable timers.

const df = require('durable-functions');
const { soon } = require('../support/tools.js');

df.app.orchestration('pastTimer', function* (ctx) {
  yield ctx.df.createTimer(soon(ctx, -10_000));
  return 'fired';
});
df.app.orchestration('timer', function* (ctx) {
  yield ctx.df.createTimer(soon(ctx, 1500));
  return 'fired';
});
df.app.orchestration('timerFor', function* (ctx) {
  const before = ctx.df.currentUtcDateTime.getTime();
  yield ctx.df.createTimer(soon(ctx, ctx.df.getInput().ms));
  return ctx.df.currentUtcDateTime.getTime() - before;
});
df.app.orchestration('longTimer', function* (ctx) {
  yield ctx.df.createTimer(soon(ctx, 8 * 24 * 3600 * 1000));
  return 'fired';
});
