import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { KillPoint } from '../../../local/functions-host';
import { compileHost } from './support/compiled-host';
import { startHostProcess } from './support/host-process';
import { fixture, temporaryFolder } from './support/hosts';

// A process that kills itself at each step of storing an episode or a result, and one that takes over.

const { folder: built } = compileHost();
afterAll(() => rmSync(built, { recursive: true }));

const POINTS: KillPoint[] = [
  'episode:replayed',
  'episode:begun',
  'episode:sent',
  'episode:history',
  'episode:instance',
  'episode:deleted',
  'episode:committed',
  'activity:started',
  'activity:finished',
  'activity:committed',
];

const lane = (failures: number) => ({ ok: true, done: [`k/lane${failures}/a`, `k/lane${failures}/b`] });
const EXPECTED = {
  lanes: [lane(0), lane(1), lane(2)],
  early: false,
  squares: [1, 4, 9, 16, 25],
  go: { for: 'k' },
  countdown: { seen: [9, 4, 1] },
};

/** Runs one instance to its end, dying each time that the point is met for the n-th time in one process. */
const SCRIPT = `
  const { startHost } = require(process.env.HOST_INDEX);
  process.on('disconnect', () => process.exit(1));
  let met = 0;
  startHost({
    appDir: process.env.APP,
    stateDir: process.env.STATE,
    log: () => {},
    killPoint: (point) => {
      if (point === process.env.POINT && ++met === Number(process.env.MEETING)) process.kill(process.pid, 'SIGKILL');
    },
  }).then(async (host) => {
    host.client.start({ orchestrator: 'everything', instanceId: 'k', input: '{"key":"k"}' });
    host.client.raise('k', 'go', '{"for":"k"}');
    while (host.client.get('k')?.status !== 'Completed') await new Promise((done) => setTimeout(done, 5));
    process.send({ url: host.client.get('k').output });
    await host.close();
    process.exit(0);
  });
`;

test.each(POINTS)('the result is the same when the process dies at %s, again and again', async (point) => {
  const [runs, state] = [temporaryFolder(), temporaryFolder()];
  const env = {
    HOST_INDEX: join(built, 'index.js'),
    APP: fixture('crash-app'),
    STATE: state,
    POINT: point,
    CRASH_RUNS: runs,
  };
  let deaths = 0;
  for (;;) {
    // Each time a little later, so that the run gets ahead.
    const host = startHostProcess('-e', [SCRIPT], { ...env, MEETING: String(4 + deaths * 12) });
    const code = await host.exited;
    if (code === 0) {
      expect(JSON.parse(await host.url)).toEqual(EXPECTED);
      break;
    }
    expect(host.child.signalCode).toBe('SIGKILL');
    deaths++;
  }
  expect(deaths).toBeGreaterThan(1);

  // Every activity has run; how often is not the same.
  expect(readdirSync(runs)).toHaveLength(3 * 2 + 5 + 3);
});
