import fc from 'fast-check';
import type { BackupExtension, Job, JobDisk, WindowsChange } from '../../../client/api-types';
import { eventsBetween, type VmFacts } from '../../../local/demo/job-events';

const RUNNING: VmFacts = { os: 'Windows', running: true, keepsSnapshot: false };

const disk = (over: Partial<JobDisk> = {}): JobDisk => ({
  diskId: 'os',
  name: 'sql-1-os',
  sizeBytes: 100 << 20,
  state: 'done',
  mode: 'full',
  plannedBytes: 40 << 20,
  logicalBytes: 100 << 20,
  readBytes: 40 << 20,
  changedBytes: 30 << 20,
  zeroedBytes: 0,
  sentBytes: 20 << 20,
  storedBytes: 10 << 20,
  ...over,
});

const job = (over: Partial<Job> = {}): Job => ({
  id: 'j1',
  kind: 'backup',
  vm: 'sub.prod.sql-1',
  vmName: 'sql-1',
  state: 'Running',
  phase: 'inspect',
  trigger: 'schedule',
  createdAt: '2026-01-01T00:00:00Z',
  disks: [],
  warnings: [],
  logicalBytes: 0,
  readBytes: 0,
  changedBytes: 0,
  zeroedBytes: 0,
  sentBytes: 0,
  storedBytes: 0,
  ...over,
});

/** A backup of a Windows VM, look by look. */
const STORY: Job[] = (() => {
  const extension: BackupExtension = { name: 'VMSnapshot', installed: 'installed', version: '1.0.92.0' };
  const consistency = { asked: 'application', reached: 'application' };
  const windowsChanges: WindowsChange[] = [
    { what: 'vcRedist2013x64', before: null, after: '12.0.40660' },
    { what: 'vssStartMode', before: 'Manual', after: 'Auto' },
    { what: 'iaasVmProvider', before: null, after: 'Auto' },
  ];
  const transferred = { extension, consistency, windowsChanges, disks: [disk()] };
  return [
    job({ state: 'Queued', phase: undefined }),
    job(),
    job({ phase: 'extension' }),
    job({ phase: 'snapshot', extension }),
    job({ phase: 'transfer', extension, consistency }),
    job({ phase: 'transfer', extension, consistency, windowsChanges, disks: [disk({ state: 'running' })] }),
    job({ phase: 'transfer', ...transferred }),
    job({ phase: 'remove-snapshot', ...transferred }),
    job({ phase: 'commit', ...transferred }),
    job({ phase: 'commit', state: 'Succeeded', recoveryPoint: 'p1', ...transferred }),
  ];
})();

const TOLD = [
  'backup started by the timer trigger',
  'extension VMSnapshot 1.0.92.0 installed',
  'snapshot taken, application-consistent',
  'recorded: Visual C++ 2013 Redistributable (x64) 12.0.40660 installed',
  'recorded: VSS startup type manual → automatic',
  'recorded: service IaaSVmProvider added, startup type automatic',
  'OS disk: 40 MiB read, 30 MiB changed, 20 MiB sent, 10 MiB stored',
  'snapshot removed',
  'recovery point created',
];

const tell = (looks: Job[], facts = RUNNING) =>
  looks.flatMap((look, index) => eventsBetween(looks[index - 1], look, facts)).map(({ text }) => text);

describe('what the demo tells of a job', () => {
  it('is every step of the process', () => {
    expect(tell(STORY)).toEqual(TOLD);
  });

  it('is told once each and completely, however seldom somebody looks', () => {
    fc.assert(
      fc.property(fc.subarray(STORY.slice(0, -1)), (looks) => {
        expect(tell([...looks, STORY.at(-1)!]).sort()).toEqual([...TOLD].sort());
      }),
    );
  });

  it('says that a VM which is off gets no extension', () => {
    const looks = [job(), job({ phase: 'snapshot' }), job({ phase: 'transfer' })];
    expect(tell(looks, { ...RUNNING, running: false })).toEqual([
      'backup started by the timer trigger',
      'not running: it gets no extension',
    ]);
  });

  it('says why a snapshot is less consistent than was asked, and marks it', () => {
    const reason = 'VSS writers failed: SqlServerWriter.';
    const after = job({
      phase: 'transfer',
      consistency: { asked: 'application', reached: 'file-system', reason },
    });
    expect(eventsBetween(job({ phase: 'snapshot' }), after, RUNNING)).toEqual([
      {
        vm: 'sql-1',
        text: 'snapshot taken, file-system-consistent, because VSS writers failed: SqlServerWriter',
        tone: 'caution',
      },
    ]);
  });

  it('says that a policy keeps its snapshot', () => {
    const facts = { ...RUNNING, keepsSnapshot: true };
    expect(tell([job({ phase: 'transfer' }), job({ phase: 'commit' })], facts)).toContain(
      'snapshot kept for instant restore',
    );
  });

  it('says which step failed, why, and what to do', () => {
    const error = {
      step: 'snapshot',
      code: 'VssTimeout',
      message: 'VSS took too long.',
      remedy: 'Restart the VM.',
      retryable: true,
    };
    const events = eventsBetween(job(), job({ state: 'Failed', error }), RUNNING);
    expect(events).toEqual([
      {
        vm: 'sql-1',
        text: 'failed in the step "snapshot": VSS took too long. (VssTimeout). Restart the VM.',
        tone: 'bad',
      },
    ]);
  });

  it('names the new disk of a restore', () => {
    const restore = { kind: 'restore' as const, trigger: 'on-demand' as const };
    const done = job({
      ...restore,
      disks: [disk({ mode: undefined })],
      restoredDisks: [{ diskId: 'os', name: 'sql-1-os-restored', resourceId: '/x' }],
    });
    expect(tell([job(restore), done])).toEqual([
      'restore to new managed disks started',
      '40 MiB → sql-1-os-restored',
    ]);
  });
});
