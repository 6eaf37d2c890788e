// Completions as the shells themselves make them: each is asked what it would offer behind a line.

import { execFileSync } from 'node:child_process';
import { mkdir, symlink } from 'node:fs/promises';
import path from 'node:path';
import { compiled } from '../../local/process/project-root';
import { completes, missingShells, SHELLS_TRIED } from '../cli/support/shells';
import { type CommandSystem, startCommandSystem } from '../cli/support/system';

const missing = missingShells();

test('the shells that completions are tried in are installed, or are named', () => {
  if (missing.length > 0)
    console.warn(`Completions were not tried in ${missing.join(', ')}; .ci/install-shells brings them.`);
  expect(process.env.SHELLS_REQUIRED === '1' ? missing : []).toEqual([]);
});

describe('completions', () => {
  let system: CommandSystem;
  let env: NodeJS.ProcessEnv;
  beforeAll(async () => {
    system = await startCommandSystem();
    const bin = path.join(system.folder, 'bin');
    await mkdir(bin);
    await symlink(compiled('vmbackup.cjs'), path.join(bin, 'vmbackup'));
    env = {
      PATH: `${bin}:${path.dirname(process.execPath)}:${process.env.PATH}`,
      HOME: system.folder,
      TERM: 'dumb',
    };
    await system.json('backup', 'start', 'web-2', '--wait');
    await system.json('vault', 'copy', '--to', 'copy');
  });
  afterAll(() => system.end());

  describe.each(SHELLS_TRIED.filter((shell) => !missing.includes(shell)))('in %s', (shell) => {
    const complete = (line: string) => completes(shell, line, { cwd: system.folder, env });

    it('offer nouns, verbs, options and the values that an option may have', async () => {
      expect(await complete('vmbackup po')).toEqual(['point', 'policy']);
      expect(await complete('vmbackup point re')).toEqual(['release', 'restore', 'retain']);
      expect(await complete('vmbackup job list --st')).toEqual(['--state', '--status']);
      expect(await complete('vmbackup job list --status S')).toEqual(['Succeeded']);
    });

    it('offer the VMs, policies, points and jobs that there are', async () => {
      expect(await complete('vmbackup vm show web-2')).toEqual(['web-2']);
      expect(await complete('vmbackup vm protect web-2 --policy d')).toEqual(['daily']);
      expect(await complete('vmbackup point show sql')).toEqual(['sql-1@latest']);
      const { recoveryPoints } = await system.json<{ recoveryPoints: { id: string }[] }>(
        'point',
        'list',
        'web-2',
      );
      const stamp = recoveryPoints[0]!.id.split('.')[1];
      expect(await complete('vmbackup point show web-2@')).toEqual([`web-2@${stamp}`, 'web-2@latest']);
      expect(await complete('vmbackup point serve web-2@latest web-2@l')).toEqual(['web-2@latest']);
      const { jobs } = await system.api.listJobs({ limit: 1 });
      expect(await complete(`vmbackup job show ${jobs[0]!.id.slice(0, -1)}`)).toEqual([jobs[0]!.id]);
    });

    it('offer what lies in a vault that is named, and nothing of a system that does not answer', async () => {
      expect(await complete('vmbackup point export --vault copy web')).toEqual(['web-2@latest']);
      expect(await complete('vmbackup vm show --url http://127.0.0.1:9 web')).toEqual([]);
    });
  });

  it('for PowerShell, which Debian has not, are printed and hold together: nobody has run them here', () => {
    const script = execFileSync('vmbackup', ['completion', 'powershell'], { env, encoding: 'utf8' });
    expect(script).toMatch(/^Register-ArgumentCompleter -Native -CommandName vmbackup -ScriptBlock \{/);
    const open: string[] = [];
    for (const [sign] of script.replace(/'[^']*'|"(?:`.|[^"`])*"/g, '').matchAll(/[(){}[\]]/g)) {
      if ('({['.includes(sign)) open.push(sign);
      else expect(`${open.pop()}${sign}`).toMatch(/^(\(\)|\{\}|\[\])$/);
    }
    expect(open).toEqual([]);
  });
});
