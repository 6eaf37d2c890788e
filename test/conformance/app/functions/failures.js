// What a failure becomes.

const df = require('durable-functions');
const { caught } = require('../support/tools.js');

df.app.orchestration('catchOdd', function* (ctx) {
  try {
    yield ctx.df.callActivity('failOdd', ctx.df.getInput());
  } catch (error) {
    return caught(error);
  }
});
df.app.orchestration('failUncaught', function* (ctx) {
  yield ctx.df.callActivity('fail', ctx.df.getInput());
});
df.app.orchestration('failWithDate', function* (ctx) {
  yield ctx.df.callActivity('echo', { when: '2030-01-01T00:00:00.500Z', at: '2030-01-01T00:00:00+02:00' });
  ctx.df.setCustomStatus({ when: '2030-01-01T00:00:00.500Z' });
  throw new Error('after a date');
});
df.app.orchestration('throwOdd', function* (ctx) {
  const { what } = ctx.df.getInput();
  if (what === 'late') yield ctx.df.callActivity('echo', 1);
  throw {
    string: 'just text',
    object: { code: 7 },
    undefined: undefined,
    multi: new Error('line one\nline two'),
    date: new Error('2030-01-01T00:00:00Z'),
    empty: new Error(''),
    late: new Error('late'),
  }[what];
});
df.app.orchestration('subFails', function* (ctx) {
  try {
    yield ctx.df.callSubOrchestrator('failUncaught', { message: 'deep' }, `${ctx.df.instanceId}-sub`);
  } catch (error) {
    return caught(error);
  }
});
df.app.orchestration('subFailsUncaught', function* (ctx) {
  yield ctx.df.callSubOrchestrator('failUncaught', { message: 'deep' }, `${ctx.df.instanceId}-sub`);
});
df.app.orchestration('subThrows', function* (ctx) {
  try {
    yield ctx.df.callSubOrchestrator('throwOdd', ctx.df.getInput(), `${ctx.df.instanceId}-sub`);
  } catch (error) {
    return caught(error);
  }
});
df.app.orchestration('unknownActivity', function* (ctx) {
  try {
    yield ctx.df.callActivity('isNotThere', 1);
  } catch (error) {
    return caught(error);
  }
});
df.app.orchestration('unknownSub', function* (ctx) {
  try {
    yield ctx.df.callSubOrchestrator('isNotThere', 1, `${ctx.df.instanceId}-sub`);
  } catch (error) {
    return caught(error);
  }
});
df.app.orchestration('activityAsSub', function* (ctx) {
  try {
    yield ctx.df.callSubOrchestrator('echo', 1, `${ctx.df.instanceId}-sub`);
  } catch (error) {
    return caught(error);
  }
});
df.app.orchestration('otherCase', function* (ctx) {
  return yield ctx.df.callActivity('ECHO', { a: 1 });
});
