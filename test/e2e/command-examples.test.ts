import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Command } from 'commander';
import { examplesOf } from '../../cli/command/verb';
import { vmbackup } from '../../cli/program';
import { compiled } from '../../local/process/project-root';
import { type CommandSystem, startCommandSystem } from '../cli/support/system';
import { DAILY_V1 } from '../policies/azure-backup/support/examples';

const run = promisify(execFile);
const leaves = (command: Command): Command[] =>
  command.commands.length > 0
    ? command.commands.flatMap(leaves)
    : command.name().startsWith('__')
      ? []
      : [command];
const nameOf = (command: Command): string =>
  command.parent ? `${nameOf(command.parent)} ${command.name()}` : command.name();
const COMMANDS = leaves(vmbackup());

describe('the examples of the help', () => {
  let system: CommandSystem;
  let env: NodeJS.ProcessEnv;
  beforeAll(async () => {
    system = await startCommandSystem();
    const { folder } = system;
    const bin = path.join(folder, 'bin');
    for (const dir of [
      'bin',
      '.config/fish/completions',
      '.local/share/bash-completion/completions',
      '[1]',
    ]) {
      await mkdir(path.join(folder, dir), { recursive: true });
    }
    await symlink(compiled('vmbackup.cjs'), path.join(bin, 'vmbackup'));
    await writeFile(path.join(folder, 'azure-policy.json'), JSON.stringify(DAILY_V1));
    await copyFile(path.join(folder, 'fleet', 'web-1-1.second.img'), path.join(folder, 'changed.img'));
    // In zsh $fpath is a list, here it is text that is empty.
    env = {
      PATH: `${bin}:${path.dirname(process.execPath)}:${process.env.PATH}`,
      HOME: folder,
      PROFILE: 'profile.ps1',
    };
    for (let point = 0; point < 4; point++) await system.json('backup', 'start', 'web-1', '--wait');
    await system.json('point', 'delete', 'web-1@-3', '--yes');
    await system.vmbackup('vault', 'collect', '--dry-run');
    await system.vmbackup('emulator', 'vm', 'detach', 'web-2', '0');
  });
  afterAll(() => system.end());

  /** Takes away what an example was held up with. */
  let undone = async () => {};
  afterEach(() => undone());

  /** What must be so before an example means anything. */
  const BEFORE: Record<string, () => Promise<unknown>> = {
    async 'job cancel'() {
      const { undo } = await system.heldUpBackup('web-1');
      undone = undo;
    },
  };

  /** What goes on until Ctrl-C is ended when it has said where it answers. */
  async function serveUntilInterrupted(line: string): Promise<void> {
    const child = spawn('bash', ['-c', `exec ${line}`], { cwd: system.folder, env });
    const ended = once(child, 'close');
    for await (const said of child.stdout) if (`${said}`.includes('nbd+unix:///')) break;
    child.kill('SIGINT');
    expect(await ended).toEqual([0, null]);
  }

  it.each(COMMANDS.map((command) => [nameOf(command), command] as const))(
    '%s has examples, which work',
    async (name, command) => {
      expect(command.helpInformation()).not.toBe('');
      const examples = examplesOf(command);
      expect(examples.length).toBeGreaterThan(0);
      const said: string[] = [];
      command.configureOutput({ writeOut: (text) => said.push(text) }).outputHelp();
      await BEFORE[name.replace('vmbackup ', '')]?.();
      for (const { line } of examples) {
        expect(line.startsWith(name)).toBe(true);
        expect(said.join('')).toContain(`  ${line}\n`);
        if (line.includes(' serve ')) await serveUntilInterrupted(line);
        else await run('bash', ['-c', line], { cwd: system.folder, env });
      }
    },
  );
});
