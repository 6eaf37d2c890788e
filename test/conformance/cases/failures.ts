import { type Cases, each, ends } from './case';

const odd = (...whats: string[]) => Object.fromEntries(whats.map((what) => [what, { what }]));
const THROWN_BY_ACTIVITIES = odd(
  ...['string', 'undefined', 'null', 'object', 'multi', 'empty', 'type', 'cause', 'quote', 'result'],
);
const THROWN_BY_ORCHESTRATORS = odd('string', 'object', 'undefined', 'multi', 'date', 'empty', 'late');

/** How long is looked at what may stay as it is for ever. */
const WATCH_MS = 8_000;

/** What a failure becomes, on its way up. */
export const failures: Cases = {
  ...each('failOdd', THROWN_BY_ACTIVITIES, (what) => ends('catchOdd', what)),
  ...each('throwOdd', THROWN_BY_ORCHESTRATORS, ({ what }) => ends('throwOdd', { what }, watch(what))),
  ...each('subThrows', THROWN_BY_ORCHESTRATORS, ({ what }) => ends('subThrows', { what }, watch(what))),
  failUncaught: ends('failUncaught', { message: 'boom' }),
  failWithDate: ends('failWithDate', null),
  subFails: ends('subFails', null),
  subFailsUncaught: ends('subFailsUncaught', null),
  unknownActivity: ends('unknownActivity', null, WATCH_MS),
  unknownSub: ends('unknownSub', null, WATCH_MS),
  activityAsSub: ends('activityAsSub', null, WATCH_MS),
  otherCase: ends('otherCase', null),
};

function watch(what: string | undefined): number | undefined {
  return what === 'undefined' ? WATCH_MS : undefined;
}
