import { type Host, type JumpingClock, startHost } from '../../../local/functions-host';
import { projectRoot } from '../../../local/process/project-root';

const ALIVE = ['Pending', 'Running', 'ContinuedAsNew', 'Suspended'] as const;
/** Real seconds after which something that should have ended is called stuck. */
const PATIENCE_MS = 60_000;

export interface AppOptions {
  clock: JumpingClock;
  stateDir: string;
  settings: Record<string, string>;
}

/** The compiled app in the local Functions host. Its timers are pulled by hand, so that no tick is lost in a jump of the clock. */
export interface SimulatedApp {
  /** Runs a timer function, and everything that it starts, to the end. */
  tick(timer: 'scheduler' | 'sweeper' | 'maintenance'): Promise<void>;
  /** Runs the scheduler, and returns while what it started is under way. */
  startTick(): Promise<void>;
  /** Settles as soon as a backup is under way. */
  backupUnderWay(): Promise<void>;
  settle(): Promise<void>;
  call<T>(method: string, route: string, body?: unknown): Promise<{ status: number; body: T }>;
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
    log: (level, source, message) => {
      if (level === 'error') problems.push(`${source}: ${message}`);
      if (level === 'debug' || level === 'error') waiting.get(source)?.();
    },
  });

  async function until(done: () => boolean, what: () => string): Promise<void> {
    const start = performance.now();
    while (!done()) {
      if (performance.now() - start > PATIENCE_MS)
        throw new Error(`stuck: ${what()}\n${problems.join('\n')}`);
      await new Promise((resolve) => setTimeout(resolve, 4));
    }
  }
  const alive = () => host.client.list({ statuses: [...ALIVE] }, 50);
  const settle = () =>
    until(
      () => {
        if (alive().length === 0) return true;
        // Durable timers wait in simulated time: nothing else would ever wake them.
        clock.jump(1000);
        return false;
      },
      () =>
        alive()
          .map(({ id, status }) => `${id} ${status}`)
          .join(', '),
    );
  async function start(timer: string): Promise<void> {
    let ended = false;
    waiting.set(timer, () => {
      ended = true;
    });
    const answer = await fetch(`${host.url}/admin/functions/${timer}`, {
      method: 'POST',
      body: '{"input":""}',
    });
    if (answer.status !== 202) throw new Error(`the timer ${timer} answered ${answer.status}`);
    await until(
      () => ended,
      () => `the timer ${timer}`,
    );
    waiting.delete(timer);
  }
  return {
    problems,
    settle,
    startTick: () => start('scheduler'),
    backupUnderWay: () =>
      until(
        () => alive().some(({ name }) => name === 'backupVm'),
        () => 'no backup begins',
      ),
    async tick(timer) {
      await start(timer);
      await settle();
    },
    async call(method, route, body) {
      const answer = await fetch(`${host.url}/api/${route}`, {
        method,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await answer.text();
      return { status: answer.status, body: text === '' ? undefined : JSON.parse(text) };
    },
    longestHistory: () =>
      Math.max(0, ...host.client.list({}, 10_000).map(({ id }) => host.client.history(id).length)),
    close: () => host.close(),
  };
}
