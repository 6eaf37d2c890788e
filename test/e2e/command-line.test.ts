import type { Job, PointDescription, VmDescription } from '../../client/api-types';
import { type CommandSystem, startCommandSystem } from '../cli/support/system';

const HOLD_UP = { kind: 'late', seconds: 24 * 3600 };

describe('vmbackup beside npm start', () => {
  let system: CommandSystem;
  let vms: VmDescription[];
  let job: Job;
  beforeAll(async () => {
    system = await startCommandSystem();
    vms = (await system.json<{ vms: VmDescription[] }>('vm', 'list')).vms;
    job = await system.json<Job>('backup', 'start', 'web-1', '--retention-days', '5', '--wait');
  });
  afterAll(() => system.end());

  const keyOf = (name: string) => vms.find((vm) => vm.name === name)!.key;

  it('finds the system that runs in the folder, and one that is named', async () => {
    expect(vms.map(({ name }) => name)).toEqual(['sql-1', 'web-1', 'web-2']);
    const elsewhere = { cwd: '/', env: { VMBACKUP_URL: system.address() } };
    const { stdout } = await system.start(['vm', 'list', '-o', 'tsv'], elsewhere).ended;
    expect(stdout.split('\n')[0]).toMatch(/^key\tname\tresourceGroup\tos\t/);
    expect(stdout).toContain(`${keyOf('web-1')}\tweb-1\tOwn-RG\tLinux\trunning`);
    const shown = await system.start(['vm', 'show', 'web-1', '--state', `${system.folder}/.local`], {
      cwd: '/',
    }).ended;
    expect(shown.stdout).toMatch(/^VM +web-1\n/m);
  });

  it('JSON is the document of the API, jsonl its items, and words go to stderr', async () => {
    const point = 'web-1@latest';
    const documents: [string[], string][] = [
      [['vm', 'list'], 'vms'],
      [['point', 'list', 'web-1'], `vms/${keyOf('web-1')}/recovery-points`],
      [['point', 'show', point], `recovery-points/${job.recoveryPoint}`],
      [['job', 'list'], 'jobs'],
      [['job', 'show', job.id], `jobs/${job.id}`],
    ];
    for (const [args, route] of documents) {
      expect([args, system.faults('GET', route, await system.json(...args))]).toEqual([args, []]);
    }
    const { stdout, stderr } = await system.vmbackup('vm', 'list', '-o', 'jsonl');
    expect(
      stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).key),
    ).toEqual(vms.map(({ key }) => key));
    expect(stderr).toBe('');
  });

  it('a backup that is waited for tells its phases on stderr and the job on stdout', async () => {
    const { code, stdout, stderr } = await system.vmbackup('backup', 'start', 'web-2', '--wait');
    expect(code).toBe(0);
    expect(stderr).toMatch(/^Job \d{8}t\d{6}z-backup-web-2-/);
    expect(stderr).toContain('web-2: transfer\n');
    expect(stderr.match(/web-2: commit/g)).toHaveLength(1);
    expect(stdout).toMatch(/^State +Succeeded$/m);
    expect(stdout).toMatch(/^os +web-2-os +done +2 MiB +full/m);
  });

  it('a backup that is not waited for tells its job, and how to follow it', async () => {
    const { stdout, stderr } = await system.vmbackup('backup', 'start', 'web-2', '-o', 'json');
    const accepted = JSON.parse(stdout);
    expect(system.faults('POST', `vms/${keyOf('web-2')}/backups`, accepted, 202)).toEqual([]);
    expect(stderr).toBe(`vmbackup job watch ${accepted.job} follows it.\n`);
    expect((await system.vmbackup('job', 'watch', 'web-2@latest')).code).toBe(0);
  });

  it('points are found by short names', async () => {
    const points = (await system.json<{ recoveryPoints: PointDescription[] }>('point', 'list', 'web-2'))
      .recoveryPoints;
    const [before, latest] = points.map(({ id }) => id).slice(-2);
    const found = async (text: string) => (await system.json<PointDescription>('point', 'show', text)).id;
    expect(await found('web-2@latest')).toBe(latest);
    expect(await found('Own-RG/web-2@-1')).toBe(before);
    expect(await found(`${keyOf('web-2').slice(0, 8)}@${points.at(-1)!.time.slice(0, 10)}`)).toBe(latest);
    expect(await found(before!)).toBe(before);
  });

  it('a short name of several is refused with the candidates, one of none with where to look', async () => {
    const ambiguous = await system.vmbackup('vm', 'show', 'web');
    expect(ambiguous.code).toBe(2);
    expect(ambiguous.stderr).toContain(`"web" may mean 2 of them:\n  ${keyOf('web-1')}  (Own-RG/web-1)\n`);
    const absent = await system.vmbackup('point', 'show', 'web-1@2001-01-01');
    expect(absent).toEqual({
      code: 3,
      stdout: '',
      stderr: `There is no recovery point "web-1@2001-01-01".\nvmbackup point list ${keyOf('web-1')} lists them.\n`,
    });
  });

  it('Ctrl-C leaves the job alone and says how to cancel it; a cancelled job ends with 6', async () => {
    const undo = await system.fault('restorePoints.create', HOLD_UP);
    const waiting = system.start(['backup', 'start', 'web-1', '--wait']);
    await waiting.says('web-1: snapshot');
    waiting.child.kill('SIGINT');
    const { code, stderr } = await waiting.ended;
    const [, id = ''] = /^Job (\S+)/.exec(stderr) ?? [];
    expect(code).toBe(130);
    expect(stderr).toContain(
      `The job ${id} goes on.\nvmbackup job watch ${id} shows it again, vmbackup job cancel ${id} cancels it.\n`,
    );
    expect((await system.api.getJob({ job: id })).state).toBe('Running');

    const watching = system.start(['job', 'watch', id]);
    await watching.says('web-1: snapshot');
    await system.vmbackup('job', 'cancel', id);
    await undo();
    expect((await watching.ended).code).toBe(6);
    const again = await system.vmbackup('job', 'cancel', job.id);
    expect(again.code).toBe(8);
    expect(again.stderr).toMatch(/^JobIsOver: .+\n.+\n$/);
  });

  it('who waits outlives a restart of the system', async () => {
    await system.fault('blob.download', { kind: 'slow', bytesPerSecond: 1000 });
    const waiting = system.start(['backup', 'start', 'web-1', '--wait']);
    await waiting.says('web-1: transfer');
    await system.stop();
    await waiting.says('The system does not answer; asking again until it does.');
    await system.startAgain();
    const { code, stderr, stdout } = await waiting.ended;
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: expect.stringContaining('The system answers again.'),
    });
    expect(stdout).toMatch(/^State +Succeeded$/m);
  });
});
