import type { Clock } from '../basics/clock';
import type { Store } from '../store/store';

/** Wakes instances when a message of theirs becomes visible, with a single timer for all of them. */
export function timerAlarm(store: Store, clock: Clock, due: (instanceIds: string[]) => void) {
  let setFor = Number.POSITIVE_INFINITY;
  let cancel = () => {};

  const set = (dueAt: number) => {
    if (dueAt >= setFor) return;
    cancel();
    setFor = dueAt;
    cancel = clock.at(dueAt, sweep);
  };
  const sweep = () => {
    setFor = Number.POSITIVE_INFINITY;
    const now = clock.now();
    due(store.messages.instancesDue(now));
    const next = store.messages.nextDueAt(now);
    if (next !== undefined) set(next);
  };
  return { set, sweep, stop: () => cancel() };
}
