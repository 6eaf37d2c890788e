// Custom status, and values that are large for a message.

const df = require('durable-functions');

df.app.orchestration('customStatus', function* (ctx) {
  const { bytes, value } = ctx.df.getInput();
  ctx.df.setCustomStatus(bytes ? 'x'.repeat(bytes) : value);
  yield ctx.df.callActivity('echo', 1);
  return 'done';
});
df.app.orchestration('customStatusChanges', function* (ctx) {
  ctx.df.setCustomStatus('one');
  yield ctx.df.callActivity('echo', 1);
  ctx.df.setCustomStatus({ two: 2 });
  yield ctx.df.waitForExternalEvent('go');
  return 'done';
});
df.app.orchestration('bigInput', function* (ctx) {
  const input = ctx.df.getInput();
  const back = yield ctx.df.callActivity('echo', input);
  return { length: input.text.length, back: back.text.length };
});
df.app.orchestration('bigResult', function* (ctx) {
  const text = yield ctx.df.callActivity('big', ctx.df.getInput());
  return { length: text.length };
});
df.app.orchestration('bigOutput', function* (ctx) {
  const text = yield ctx.df.callActivity('big', ctx.df.getInput());
  return text;
});
df.app.orchestration('fan', function* (ctx) {
  const { n } = ctx.df.getInput();
  const all = yield ctx.df.Task.all(Array.from({ length: n }, (_, i) => ctx.df.callActivity('echo', i)));
  return all.reduce((a, b) => a + b, 0);
});
df.app.orchestration('chain', function* (ctx) {
  const { n } = ctx.df.getInput();
  let sum = 0;
  for (let i = 0; i < n; i++) sum += yield ctx.df.callActivity('echo', i);
  return sum;
});
