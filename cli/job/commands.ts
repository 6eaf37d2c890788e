import { type Command, InvalidArgumentError, Option } from 'commander';
import type { JobKind, JobState } from '../../client/api-types';
import { sessionOf } from '../command/session';
import { noun, verb } from '../command/verb';
import { findVm } from '../names/find-vm';
import { cancelJob } from './cancel';
import { listJobs } from './list';
import { showOneJob, watchJob } from './show';

const STATES: JobState[] = ['Queued', 'Running', 'Succeeded', 'Failed', 'Cancelled'];
const KINDS: JobKind[] = ['backup', 'restore', 'verification', 'maintenance'];

interface ListOptions {
  vm?: string;
  status?: JobState;
  kind?: JobKind;
  from?: string;
  to?: string;
  limit: number;
}

export function addJobCommands(program: Command): void {
  const job = noun(program, 'job', 'backup, restore, verification and maintenance jobs');
  verb(job, 'list', 'jobs, newest first', {
    line: 'vmbackup job list --status Failed',
    does: 'what went wrong lately',
  })
    .option('--vm <vm>', 'only jobs of this VM')
    .addOption(new Option('--status <status>', 'only jobs in this state').choices(STATES))
    .addOption(new Option('--kind <kind>', 'only jobs of this kind').choices(KINDS))
    .option('--from <time>', 'created at this time or later, ISO 8601')
    .option('--to <time>', 'created before this time, ISO 8601')
    .option('--limit <number>', 'at most so many', atLeastOne, 50)
    .action(async ({ vm, status, kind, from, to, limit }: ListOptions, command: Command) => {
      const session = sessionOf(command);
      const key = vm === undefined ? undefined : (await findVm(session.api, vm)).key;
      await listJobs(session, { vm: key, state: status, kind, from, to }, limit);
    });
  verb(job, 'show <job>', 'a job: phases, bytes of each disk, warnings, and what went wrong', {
    line: 'vmbackup job show web-1@latest',
    does: 'the newest job of a VM',
  }).action((text: string, _: object, command: Command) => showOneJob(sessionOf(command), text));
  verb(job, 'watch <job>', 'follow a job to its end; the exit code tells how it ended', {
    line: 'vmbackup job watch web-1@latest',
    does: 'Ctrl-C leaves the job alone',
  })
    .option('--strict', 'end with code 7 when there are warnings')
    .action((text: string, { strict }: { strict?: boolean }, command: Command) =>
      watchJob(sessionOf(command), text, strict),
    );
  verb(job, 'cancel <job>', 'cancel a job; everything that it made is cleaned up', {
    line: 'vmbackup job cancel web-1@latest --wait',
    does: 'and wait until it is cleaned up',
  })
    .option('--wait', 'wait until the job has ended')
    .action((text: string, { wait }: { wait?: boolean }, command: Command) =>
      cancelJob(sessionOf(command), text, wait),
    );
}

function atLeastOne(text: string): number {
  if (/^[1-9]\d{0,6}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Give a number from 1 on.');
}
