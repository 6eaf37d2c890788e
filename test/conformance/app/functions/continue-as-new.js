// Orchestrations that continue as new.

const df = require('durable-functions');
const { describe, soon } = require('../support/tools.js');

df.app.orchestration('again', function* (ctx) {
  const { n, last } = ctx.df.getInput();
  ctx.df.setCustomStatus({ n });
  if (n < last) {
    yield ctx.df.callActivity('echo', n);
    ctx.df.continueAsNew({ n: n + 1, last });
    return;
  }
  return { n };
});
/** Takes more than two seconds before it continues as new, and again before it ends. */
df.app.orchestration('againLater', function* (ctx) {
  const { n } = ctx.df.getInput();
  if (n === 1) ctx.df.setCustomStatus({ first: true });
  yield ctx.df.createTimer(soon(ctx, 3_500));
  if (n === 1) ctx.df.continueAsNew({ n: 2 });
});
df.app.orchestration('againWith', function* (ctx) {
  const input = ctx.df.getInput();
  if (input?.next !== undefined) {
    ctx.df.continueAsNew(
      {
        text: 'a string',
        true: true,
        null: null,
        number: 5,
        undefined: undefined,
        date: '2030-01-01T00:00:00Z',
      }[input.next],
    );
    return;
  }
  return describe(input);
});
df.app.orchestration('againEvents', function* (ctx) {
  const { got } = ctx.df.getInput();
  const event = yield ctx.df.waitForExternalEvent('go');
  const all = [...got, event];
  if (all.length < 3) {
    ctx.df.continueAsNew({ got: all });
    return;
  }
  return all;
});
df.app.orchestration('againAndSub', function* (ctx) {
  const { n } = ctx.df.getInput();
  const sub = yield ctx.df.callSubOrchestrator('describeSub', { n }, `${ctx.df.instanceId}-sub`);
  if (n < 2) {
    ctx.df.continueAsNew({ n: n + 1 });
    return;
  }
  return sub;
});
df.app.orchestration('subAgain', function* (ctx) {
  return yield ctx.df.callSubOrchestrator('again', { n: 1, last: 3 }, `${ctx.df.instanceId}-sub`);
});
df.app.orchestration('againOpenTimer', function* (ctx) {
  const { n } = ctx.df.getInput();
  if (n === 1) {
    const timer = ctx.df.createTimer(soon(ctx, 3000));
    const work = ctx.df.callActivity('echo', 1);
    yield ctx.df.Task.any([work, timer]);
    ctx.df.continueAsNew({ n: 2 });
    return;
  }
  return n;
});
