// Values on their way in and out.

const df = require('durable-functions');
const { describe } = require('../support/tools.js');

df.app.orchestration('values', function* (ctx) {
  const input = ctx.df.getInput();
  const seen = yield ctx.df.callActivity('describe', input);
  const back = yield ctx.df.callActivity('echo', input);
  const sub = yield ctx.df.callSubOrchestrator('describeSub', input, `${ctx.df.instanceId}-sub`);
  return { input: describe(input), seen, back: describe(back), sub };
});
df.app.orchestration('describeSub', function* (ctx) {
  const input = ctx.df.getInput();
  yield ctx.df.createTimer(new Date(ctx.df.currentUtcDateTime));
  return describe(input);
});
df.app.orchestration('results', function* (ctx) {
  const given = yield ctx.df.callActivity('give', { what: ctx.df.getInput().what });
  return describe(given);
});
df.app.orchestration('outputs', function* (ctx) {
  const { what } = ctx.df.getInput();
  const given = yield ctx.df.callActivity('give', { what });
  return given;
});
df.app.orchestration('subOutputs', function* (ctx) {
  return describe(yield ctx.df.callSubOrchestrator('outputs', ctx.df.getInput(), `${ctx.df.instanceId}-sub`));
});
df.app.orchestration('whoIs', function* (ctx) {
  return yield ctx.df.callActivity('who', { a: 1 });
});
df.app.orchestration('nothing', function* () {});
df.app.orchestration('timestampField', function* (ctx) {
  return describe(ctx.df.getInput().Timestamp);
});
