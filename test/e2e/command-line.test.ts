import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { EXIT } from '../../cli/ending/exit-codes';
import type { Job, PointDescription, VmDescription } from '../../client/api-types';
import { projectRoot } from '../../local/process/project-root';
import { type CommandSystem, startCommandSystem } from '../cli/support/system';
import { loopbackServer } from '../support/loopback-server';

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

  describe('what destroys', () => {
    const newest = async () => (await system.json<PointDescription>('point', 'show', 'web-2@latest')).id;

    it('says first what it will do; without a terminal and without --yes it does nothing', async () => {
      const id = await newest();
      const refusals: [string[], string][] = [
        [['point', 'delete', id], `Deletes the recovery point ${id} of web-2.`],
        [['point', 'restore', id, '--to', 'replace'], 'in place of those that the VM has'],
        [['vm', 'unprotect', 'web-2', '--delete-points'], 'Stops the protection of web-2 and deletes'],
        [['vault', 'collect'], 'Recovery points that would expire: 0'],
      ];
      for (const [args, words] of refusals) {
        const { code, stdout, stderr } = await system.vmbackup(...args);
        expect({ args, code, stdout }).toEqual({ args, code: 2, stdout: '' });
        expect(stderr).toContain(words);
        expect(stderr).toMatch(
          /Nothing was done: there is no terminal to ask on\.\nIf this is what you want, add --yes\.\n$/,
        );
      }
      expect(await newest()).toBe(id);
      expect((await system.json<VmDescription>('vm', 'show', 'web-2')).protection).toBe('protected');
    });

    it('on a terminal it goes on when the name of the VM is typed, and not otherwise', async () => {
      const id = await newest();
      const wrong = await system.onTerminal(['point', 'delete', id], 'web-1');
      expect(wrong).toMatchObject({
        code: 1,
        shown: expect.stringContaining('Type the name of the VM (web-2) to go on: '),
      });
      expect(wrong.shown).toContain('Nothing was done: that is not web-2.');
      expect(await newest()).toBe(id);
      const right = await system.onTerminal(['point', 'delete', id], 'web-2');
      expect(right).toMatchObject({ code: 0, shown: expect.stringMatching(/Undelete until +\d{4}-/) });
      expect(await newest()).not.toBe(id);
      const back = await system.json<PointDescription>('point', 'undelete', 'web-2@latest');
      expect([back.id, system.faults('POST', `recovery-points/${id}/undelete`, back)]).toEqual([id, []]);
    });

    it('a restore of single disks says which, and brings no others', async () => {
      const plan = await system.vmbackup('point', 'restore', 'web-1@latest', '--disk', '0', '--dry-run');
      expect(plan.stderr).toMatch(/stays:\n {2}lun-0 {2}web-1-data-0 [^\n]+\n$/);
      const { restoredDisks } = await system.json<Job>(
        'point',
        'restore',
        'web-1@latest',
        '--disk',
        '0',
        '--wait',
      );
      expect(restoredDisks?.map(({ diskId }) => diskId)).toEqual(['lun-0']);
      expect((await system.vmbackup('point', 'restore', 'web-1@latest', '--disk', 'lun-7')).code).toBe(3);
    });

    it('a dry run is the document of the API and changes nothing', async () => {
      const id = await newest();
      const plan = await system.json('point', 'delete', id, '--dry-run');
      expect(system.faults('DELETE', `recovery-points/${id}`, plan)).toEqual([]);
      expect(plan).toMatchObject({ id, dryRun: true });
      expect(await newest()).toBe(id);
    });

    it('a policy that lets points go asks first', async () => {
      const file = path.join(system.folder, 'short.json');
      await writeFile(
        file,
        JSON.stringify({ ...(await system.json<object>('policy', 'show', 'daily')), retention: { last: 1 } }),
      );
      const { letsGo } = await system.json<{ letsGo: number }>('policy', 'what-if', 'daily', file);
      const refused = await system.vmbackup('policy', 'set', 'daily', file);
      expect(letsGo > 0 ? refused.code : 2).toBe(2);
      expect(await system.json('policy', 'set', 'other', file)).toMatchObject({
        name: 'other',
        retention: { last: 1 },
      });
      expect((await system.vmbackup('policy', 'delete', 'other', '--yes')).code).toBe(0);
    });
  });

  it('progress is drawn on a terminal only', async () => {
    const { code, shown } = await system.onTerminal(['backup', 'start', 'web-2', '--wait']);
    expect(code).toBe(0);
    expect(shown).toContain('\u001b[0J');
    expect(shown).toMatch(/^web-2 {2}backup {2}/m);
  });

  it('a problem is told by code, detail, every fault and remedy', async () => {
    const file = path.join(system.folder, 'bad.json');
    await writeFile(file, '{"schedule":{"frequency":"daily","times":["2:00"],"timeZone":"Mars"},"keep":1}');
    const { code, stderr } = await system.vmbackup('policy', 'set', 'bad', file);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^InvalidRequest: /);
    expect(stderr).toContain('  keep: ');
  });

  describe('exit codes', () => {
    const [, ...rows] = [
      ...readFileSync(path.join(projectRoot(), 'docs/command-line.md'), 'utf8').matchAll(
        /^\| (\d+|code) \| .+ \|$/gm,
      ),
    ];
    const codes = rows.map(([, code]) => Number(code));
    const code = async (...args: string[]) => (await system.vmbackup(...args)).code;
    const answering = async (status: number, type: string, body: string) => {
      const server = loopbackServer((_, answer) =>
        answer.writeHead(status, { 'content-type': type }).end(body),
      );
      await once(server.listen(0, '127.0.0.1'), 'listening');
      const { port } = server.address() as AddressInfo;
      const got = await code('vm', 'list', '--url', `http://127.0.0.1:${port}/api`);
      server.close();
      return got;
    };
    const failing = JSON.stringify({ status: 500, code: 'Unexpected', title: 'T', detail: 'D', remedy: 'R' });

    const PROVOKED: Record<number, () => Promise<number | null>> = {
      0: () => code('vm', 'list'),
      1: () => answering(500, 'application/problem+json', failing),
      2: () => code('vm', 'lis'),
      3: () => code('vm', 'show', 'nobody'),
      4: () => answering(401, 'text/plain', ''),
      async 5() {
        const undo = await system.fault('restorePoint*', {
          kind: 'refuse',
          status: 403,
          code: 'AuthorizationFailed',
        });
        const got = await code('backup', 'start', 'web-2', '--wait');
        await undo();
        return got;
      },
      async 6() {
        const { job: id, undo } = await system.heldUpBackup('web-2');
        await system.vmbackup('job', 'cancel', id, '--wait');
        await undo();
        return code('job', 'watch', id);
      },
      async 7() {
        await code('backup', 'start', 'sql-1', '--wait');
        await system.loseContentOf('sql-1');
        return code('point', 'restore', 'sql-1@latest', '--skip-damaged', '--wait', '--strict');
      },
      async 8() {
        await system.vmbackup('point', 'hold', 'web-2@latest', '--reason', 'a test');
        const got = await code('point', 'delete', 'web-2@latest', '--yes');
        expect(await code('point', 'release', 'web-2@latest')).toBe(0);
        return got;
      },
      9: () => code('vm', 'list', '--url', 'http://127.0.0.1:9/api'),
      async 10() {
        await system.loseContentOf('web-1');
        return code('point', 'verify', 'web-1@latest', '--wait');
      },
      async 130() {
        const { job: id, undo } = await system.heldUpBackup('web-2');
        const watching = system.start(['job', 'watch', id]);
        await watching.says('web-2: transfer');
        watching.child.kill('SIGINT');
        const { code: got } = await watching.ended;
        await undo();
        return got;
      },
    };

    it('the table tells all of them, and no other', () => {
      expect(codes).toEqual(Object.values(EXIT));
      expect(Object.keys(PROVOKED).map(Number)).toEqual(codes);
    });
    it.each(codes)('%d', async (expected) => expect(await PROVOKED[expected]!()).toBe(expected));
  });
});
