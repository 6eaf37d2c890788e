import type { Command } from 'commander';
import { sessionOf } from '../command/session';
import { noun, verb } from '../command/verb';
import { removeProfile, type SetOptions, setProfile, showConfig, useProfile } from './profiles';

export function addConfigCommands(program: Command): void {
  const config = noun(program, 'config', 'the systems that this computer knows');
  verb(config, 'show', 'which system is asked, and why; the profiles', {
    line: 'vmbackup config show',
    does: 'says where a key comes from, and never shows one',
  }).action((_: object, command: Command) => showConfig(sessionOf(command)));
  verb(config, 'set <profile>', 'make or change a profile', {
    line: 'vmbackup config set prod --url https://NAME.azurewebsites.net --key-file ~/.vmbackup-key',
    does: 'a system on Azure, with its function key in a file',
  })
    .option('--vault <vault>', 'where its vault is: URL of the container without a signature, or a folder')
    .option('--key-env <variable>', 'the function key is in this environment variable')
    .option('--key-file <file>', 'the function key is in this file')
    .option('--key-command <command>', 'this command prints the function key')
    .action((name: string, options: SetOptions, command: Command) =>
      setProfile(sessionOf(command), name, command.optsWithGlobals<SetOptions>(), options),
    );
  verb(config, 'use <profile>', 'make a profile the one that is asked when nobody says which', {
    line: 'vmbackup config use prod',
    does: 'a system that runs here goes before it',
  }).action((name: string, _: object, command: Command) => useProfile(sessionOf(command), name));
  verb(config, 'remove <profile>', 'forget a profile', {
    line: 'vmbackup config remove prod',
    does: 'the system itself stays as it is',
  }).action((name: string, _: object, command: Command) => removeProfile(sessionOf(command), name));
}
