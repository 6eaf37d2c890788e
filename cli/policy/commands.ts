import type { Command } from 'commander';
import { YES, type Yes } from '../command/confirm-loss';
import { sessionOf } from '../command/session';
import { noun, verb } from '../command/verb';
import { deletePolicy, setPolicy, whatIf } from './change';
import { importPolicy } from './import';
import { listPolicies, showPolicy } from './list';

export function addPolicyCommands(program: Command): void {
  const policy = noun(program, 'policy', 'when VMs are backed up, and how long their points are kept');
  verb(policy, 'list', 'the policies in force', {
    line: 'vmbackup policy list',
    does: 'the presets included',
  }).action((_: object, command: Command) => listPolicies(sessionOf(command)));
  verb(policy, 'show <policy>', 'one policy', {
    line: 'vmbackup policy show daily -o json > daily.json',
    does: 'a file that can be changed and set again',
  }).action((name: string, _: object, command: Command) => showPolicy(sessionOf(command), name));
  verb(policy, 'set <policy> <file>', 'make or change a policy; "-" reads it from stdin', {
    line: 'vmbackup policy set daily daily.json',
    does: 'asks when recovery points would be let go of at once',
  })
    .option(...YES)
    .action((name: string, file: string, { yes }: Yes, command: Command) =>
      setPolicy(sessionOf(command), name, file, yes),
    );
  verb(policy, 'what-if <policy> <file>', 'which recovery points a change would let go of; changes nothing', {
    line: 'vmbackup policy what-if daily daily.json',
    does: 'before vmbackup policy set',
  }).action((name: string, file: string, _: object, command: Command) =>
    whatIf(sessionOf(command), name, file),
  );
  verb(policy, 'import <file>', 'translate a policy of Azure Backup, as az exports it', {
    line: 'vmbackup policy import azure-policy.json --as imported',
    does: 'and keep it under that name',
  })
    .option('--as <name>', 'keep it as this policy; otherwise it is only shown')
    .option(...YES)
    .action((file: string, { as, yes }: Yes & { as?: string }, command: Command) =>
      importPolicy(sessionOf(command), file, as, yes),
    );
  verb(
    policy,
    'delete <policy>',
    'delete a policy that protects no VM; a changed preset becomes the preset again',
    {
      line: 'vmbackup policy delete imported',
      does: 'asks when recovery points would be let go of at once',
    },
  )
    .option(...YES)
    .action((name: string, { yes }: Yes, command: Command) => deletePolicy(sessionOf(command), name, yes));
}
