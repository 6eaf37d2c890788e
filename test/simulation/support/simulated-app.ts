import { fetchAgain } from '../../../client/fetch-again';
import { type Host, type JumpingClock, type KillPoint, startHost } from '../../../local/functions-host';
import { projectRoot } from '../../../local/process/project-root';

const ALIVE = ['Pending', 'Running', 'ContinuedAsNew', 'Suspended'] as const;
/** An app in which nothing has happened for so long in real time, while something should, is called stuck. */
const PATIENCE_MS = 120_000;
/** The hub has nothing to do but to wait for its clock when it has done nothing for so long in real time. */
const QUIET_MS = 4;
/** Timers of running instances are due sooner than this; those of the timer triggers never. */
const LONGEST_WAIT_MS = 3_600_000;

export type Timer = 'scheduler' | 'sweeper' | 'maintenance';

export interface AppOptions {
  clock: JumpingClock;
  stateDir: string;
  settings: Record<string, string>;
}

/**
 * The compiled app in the local Functions host. Its timers are pulled by hand, so that no tick is lost in a
 * jump of the clock.
 */
export interface SimulatedApp {
  /** Runs a timer function, and everything that it starts, to the end. */
  tick(timer: Timer): Promise<void>;
  /** Runs a timer function, and returns while what it started is under way. */
  startTick(timer?: Timer): Promise<void>;
  /** Settles as soon as a backup is under way. */
  backupUnderWay(): Promise<void>;
  /**
   * Waits until all that runs has ended, or the hub has taken so many steps more.
   * @returns whether all has ended
   */
  settle(steps?: number): Promise<boolean>;
  /** What runs, the top of it: neither children nor what waits for the hour. */
  running(): { id: string; name: string }[];
  /** Ends an orchestration as somebody with the key of the durable API would. */
  terminate(id: string): void;
  call<T>(method: string, route: string, body?: unknown): Promise<{ status: number; body: T }>;
  /** The instance of which the hub has known for longest; undefined when it knows of none. */
  oldestInstance(): string | undefined;
  /** Longest history of everything that has run since the last look. */
  longestHistory(): number;
  problems: string[];
  close(): Promise<void>;
}

/** The build of the project; `SIMULATION_APP` names the folder of another one. */
export const appUnderTest = (): string => process.env.SIMULATION_APP ?? projectRoot();

export const NEVER = '0 0 0 29 2 1';

export async function startSimulatedApp({ clock, stateDir, settings }: AppOptions): Promise<SimulatedApp> {
  const waiting = new Map<string, () => void>();
  const problems: string[] = [];
  const steps = watchSteps();
  const environment = {
    ...process.env,
    ...settings,
    SchedulerInterval: NEVER,
    SweepSchedule: NEVER,
    MaintenanceSchedule: NEVER,
  };
  const host: Host = await startHost({
    appDir: appUnderTest(),
    stateDir,
    clock,
    environment,
    killPoint: steps.onPoint,
    log: (level, source, message) => {
      if (level === 'error') problems.push(`${source}: ${message}`);
      if (level === 'debug' || (level === 'error' && message.startsWith('failed: '))) waiting.get(source)?.();
    },
  });

  const isAlive = (status: string | undefined) => ALIVE.some((one) => one === status);
  const alive = () => host.client.list({ statuses: [...ALIVE] }, 50);

  /** Waits for steps of the hub until `done`. @throws when there are none any more. */
  async function until(done: () => boolean, what: string): Promise<void> {
    let last = performance.now();
    while (!done()) {
      if (await steps.next(clock)) last = performance.now();
      else if (performance.now() - last > PATIENCE_MS) throw stuck(what);
    }
  }
  function stuck(what: string): Error {
    const open = alive().map(({ id, status }) => `${id} ${status}`);
    return new Error([`stuck: ${what}`, ...open, ...problems].join('\n'));
  }
  async function settle(atMost = Number.POSITIVE_INFINITY): Promise<boolean> {
    const last = steps.taken() + atMost;
    // A listing reads every instance that ever ran: the ones that were seen alive are asked first.
    let known = alive();
    await until(() => {
      if (!known.some(({ id }) => isAlive(host.client.get(id)?.status))) known = alive();
      return known.length === 0 || steps.taken() >= last;
    }, 'something does not end');
    return known.length === 0;
  }
  async function start(timer: string): Promise<void> {
    const ended = new Promise<void>((resolve) => waiting.set(timer, resolve));
    const answer = await fetch(`${host.url}/admin/functions/${timer}`, {
      method: 'POST',
      body: '{"input":""}',
    });
    if (answer.status !== 202) throw new Error(`the timer ${timer} answered ${answer.status}`);
    await ended;
    waiting.delete(timer);
  }
  return {
    problems,
    settle,
    startTick: (timer = 'scheduler') => start(timer),
    backupUnderWay: () => until(() => alive().some(({ name }) => name === 'backupVm'), 'no backup begins'),
    running: () =>
      alive()
        .filter(({ parent }) => parent === null)
        .map(({ id, name }) => ({ id, name })),
    terminate: (id) => void host.client.terminate(id, 'by hand'),
    async tick(timer) {
      await start(timer);
      await settle();
    },
    async call(method, route, body) {
      const answer = await fetchAgain(`${host.url}/api/${route}`, {
        method,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await answer.text();
      return { status: answer.status, body: text === '' ? undefined : JSON.parse(text) };
    },
    oldestInstance: () => host.client.list({}, 1)[0]?.id,
    longestHistory: () =>
      Math.max(0, ...host.client.list({}, 10_000).map(({ id }) => host.client.history(id).length)),
    close: () => host.close(),
  };
}

/** Follows the steps of a hub. */
function watchSteps() {
  let running = 0;
  let taken = 0;
  let tell = () => {};
  return {
    taken: () => taken,
    onPoint(point: KillPoint): void {
      if (point === 'activity:started') running += 1;
      if (point === 'activity:finished') running -= 1;
      taken += 1;
      tell();
    },
    /**
     * Waits for the next step. When none comes, and no activity is under way, only durable timers are left:
     * their time is simulated, and would not pass by itself. @returns whether there was a step
     */
    async next(clock: JumpingClock): Promise<boolean> {
      const before = taken;
      await new Promise<void>((resolve) => {
        const quiet = setTimeout(resolve, QUIET_MS);
        tell = () => {
          clearTimeout(quiet);
          resolve();
        };
      });
      if (taken > before) return true;
      if (running === 0) clock.jumpToNext(LONGEST_WAIT_MS);
      return false;
    },
  };
}
