// What the functions of this app share.

const df = require('durable-functions');

/** What kind of value something is, so that `null`, `undefined` and the text of either can be told apart. */
const describe = (value) => ({
  type: typeOf(value),
  json: value === undefined ? undefined : JSON.stringify(value),
});

function typeOf(value) {
  if (value === null) return 'null';
  if (value instanceof Date) return 'Date';
  return Array.isArray(value) ? 'array' : typeof value;
}

/** What an orchestrator can tell of an error. */
const caught = (error) => ({
  name: error?.name,
  constructor: error?.constructor?.name,
  message: error?.message,
  isError: error instanceof Error,
});

/** Retry options: so many attempts, the first after so many milliseconds. */
const retry = (attempts, coefficient = 1, first = 200) =>
  Object.assign(new df.RetryOptions(first, attempts), { backoffCoefficient: coefficient });

/** Waits for all tasks; what was thrown, or `none`. */
function* attempt(ctx, tasks) {
  try {
    yield ctx.df.Task.all(tasks);
    return 'none';
  } catch (error) {
    return caught(error);
  }
}

/** A time so many milliseconds from the orchestrator's now. */
const soon = (ctx, ms) => new Date(ctx.df.currentUtcDateTime.getTime() + ms);

/** The text that says whether a value came at all. */
const orUndefined = (value) => (value === undefined ? 'undefined' : value);

module.exports = { attempt, caught, describe, orUndefined, retry, soon };
