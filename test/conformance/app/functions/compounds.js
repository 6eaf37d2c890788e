// Task.all and Task.any, with the ids that drift among them.

const df = require('durable-functions');
const { attempt, caught, describe, orUndefined, retry, soon } = require('../support/tools.js');

df.app.orchestration('allFine', function* (ctx) {
  return yield ctx.df.Task.all([3, 2, 1].map((n) => ctx.df.callActivity('slow', { ms: n * 100, result: n })));
});
df.app.orchestration('allEmpty', function* (ctx) {
  return yield ctx.df.Task.all([]);
});
df.app.orchestration('allOneFails', function* (ctx) {
  const error = yield* attempt(ctx, [
    ctx.df.callActivity('slow', { ms: 1200 }),
    ctx.df.callActivity('fail', { message: 'member' }),
  ]);
  const after = yield ctx.df.callActivity('echo', 'after');
  return { error, after };
});
df.app.orchestration('allOneFailsUncaught', function* (ctx) {
  yield ctx.df.Task.all([
    ctx.df.callActivity('slow', { ms: 1200 }),
    ctx.df.callActivity('fail', { message: 'member' }),
  ]);
});
df.app.orchestration('allTwoFail', function* (ctx) {
  const error = yield* attempt(ctx, [
    ctx.df.callActivity('fail', { message: 'first', ms: 500 }),
    ctx.df.callActivity('fail', { message: 'second' }),
  ]);
  return { error };
});
df.app.orchestration('allDrift', function* (ctx) {
  const error = yield* attempt(ctx, [
    ctx.df.callActivityWithRetry('failTimes', retry(3, 1, 4_000), { key: ctx.df.instanceId, times: 1 }),
    // Between the first attempt and the second, so that what comes of it is no matter of chance.
    ctx.df.callActivity('fail', { message: 'member', ms: 1_000 }),
  ]);
  const after = yield ctx.df.callActivity('echo', 'after');
  return { error, after: orUndefined(after) };
});
df.app.orchestration('allSubs', function* (ctx) {
  return yield ctx.df.Task.all(
    [1, 2, 3].map((n) => ctx.df.callSubOrchestrator('describeSub', { n }, `${ctx.df.instanceId}-${n}`)),
  );
});
df.app.orchestration('allSubOneFails', function* (ctx) {
  const error = yield* attempt(ctx, [
    ctx.df.callSubOrchestrator('describeSub', { n: 1 }, `${ctx.df.instanceId}-1`),
    ctx.df.callSubOrchestrator('failUncaught', { message: 'member' }, `${ctx.df.instanceId}-2`),
  ]);
  const after = yield ctx.df.callActivity('echo', 'after');
  return { error, after };
});
df.app.orchestration('anyTimerLoses', function* (ctx) {
  const timer = ctx.df.createTimer(soon(ctx, 60_000));
  const work = ctx.df.callActivity('slow', { ms: 100 });
  const winner = yield ctx.df.Task.any([work, timer]);
  timer.cancel();
  return { work: winner === work, result: winner.result };
});
df.app.orchestration('anyTimerWins', function* (ctx) {
  const timer = ctx.df.createTimer(soon(ctx, 500));
  const event = ctx.df.waitForExternalEvent('go');
  const winner = yield ctx.df.Task.any([event, timer]);
  return { timer: winner === timer };
});
df.app.orchestration('anyTimerWinsActivityRuns', function* (ctx) {
  const timer = ctx.df.createTimer(soon(ctx, 300));
  const work = ctx.df.callActivity('slow', { ms: 3000 });
  const winner = yield ctx.df.Task.any([work, timer]);
  return { timer: winner === timer };
});
df.app.orchestration('anyUncancelled', function* (ctx) {
  const timer = ctx.df.createTimer(soon(ctx, 4000));
  const work = ctx.df.callActivity('slow', { ms: 100 });
  const winner = yield ctx.df.Task.any([work, timer]);
  return { work: winner === work };
});
df.app.orchestration('anyEvent', function* (ctx) {
  const timer = ctx.df.createTimer(soon(ctx, 60_000));
  const event = ctx.df.waitForExternalEvent('go');
  const winner = yield ctx.df.Task.any([event, timer]);
  if (winner === event) timer.cancel();
  return { event: winner === event, result: describe(event.result) };
});
df.app.orchestration('anyRetryDrift', function* (ctx) {
  const timer = ctx.df.createTimer(soon(ctx, 30_000));
  const work = ctx.df.callActivityWithRetry('failTimes', retry(3, 1, 300), {
    key: ctx.df.instanceId,
    times: 1,
  });
  const winner = yield ctx.df.Task.any([timer, work]);
  timer.cancel();
  const after = yield ctx.df.callActivity('echo', 'after');
  return { work: winner === work, after: orUndefined(after) };
});
df.app.orchestration('anyTwo', function* (ctx) {
  const a = ctx.df.callActivity('slow', { ms: 1500, result: 'a' });
  const b = ctx.df.callActivity('slow', { ms: 100, result: 'b' });
  const first = yield ctx.df.Task.any([a, b]);
  const rest = yield ctx.df.Task.all([a, b]);
  return { first: first.result, rest };
});
df.app.orchestration('anyFails', function* (ctx) {
  const a = ctx.df.callActivity('slow', { ms: 800 });
  const b = ctx.df.callActivity('fail', { message: 'quick' });
  try {
    const first = yield ctx.df.Task.any([a, b]);
    return { first: first === b ? 'b' : 'a', failed: first.isFaulted, result: caught(first.result) };
  } catch (error) {
    return { thrown: caught(error) };
  }
});
df.app.orchestration('nestedAll', function* (ctx) {
  const timer = ctx.df.createTimer(soon(ctx, 30_000));
  const all = ctx.df.Task.all([ctx.df.callActivity('echo', 1), ctx.df.callActivity('echo', 2)]);
  const winner = yield ctx.df.Task.any([all, timer]);
  timer.cancel();
  return { all: winner === all, result: winner.result };
});
