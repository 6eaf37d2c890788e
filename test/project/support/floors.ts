/**
 * The house, from the ground up. In each folder named here, a room imports rooms of lower floors only, and
 * rooms of one floor know nothing of each other; `.` is the folder's own files. What a folder holds and is
 * not on a floor is a fault.
 */
export const FLOORS: Readonly<Record<string, readonly (readonly string[])[]>> = {
  '': [['src', 'client'], ['local', 'direct', 'nbd'], ['cli'], ['tools', 'bench'], ['test']],
  src: [
    ['basics'],
    ['failures'],
    ['transport', 'disks'],
    ['storage', 'compute'],
    ['documents', 'vault'],
    ['policies'],
    ['jobs', 'notifications'],
    ['backup', 'protection', 'settings'],
    ['restore', 'api', 'services'],
    ['activities'],
    ['orchestration'],
    ['functions'],
  ],
  'src/compute': [
    ['failures'],
    ['data-plane'],
    ['arm'],
    ['disks'],
    ['vms'],
    ['guest', 'snapshots'],
    ['restore', 'leftovers'],
  ],
  'src/vault': [
    ['format'],
    ['codec'],
    ['objects', 'runs'],
    ['.'],
    ['points', 'damage'],
    ['transfer', 'garbage', 'restore'],
    ['retention', 'usage', 'verify'],
  ],
  'src/activities': [['contract'], ['.'], ['backup', 'restore', 'verification', 'maintenance', 'jobs']],
  'src/orchestration': [['steps'], ['client']],
  'src/functions': [['orchestrators', 'http', 'timers']],
  cli: [
    ['ending', 'output'],
    ['connection'],
    ['command', 'names'],
    ['direct'],
    ['follow', 'completion', 'config', 'open', 'policy', 'emulator'],
    ['vm', 'point', 'job', 'backup', 'vault'],
    ['.'],
  ],
  nbd: [['protocol', 'disk'], ['overlay', 'connection'], ['.']],
  local: [
    ['process', 'compute-emulator', 'functions-host', 'fleet'],
    ['azurite'],
    ['durable-engine'],
    ['start'],
    ['demo'],
  ],
  'local/compute-emulator': [
    ['files'],
    ['disks', 'store', 'guests', 'faults', 'limits'],
    ['cloud'],
    ['access', 'fleet'],
    ['data-plane', 'arm'],
    ['admin'],
    ['.'],
  ],
  'local/compute-emulator/arm': [['rest'], ['managed-disks'], ['vms'], ['restore-points'], ['.']],
  'local/functions-host': [
    ['basics', 'durable-task'],
    ['app', 'interpreter', 'store', 'worker'],
    ['functions', 'http'],
    ['hub', 'timers'],
    ['durable-http'],
    ['front-door'],
    ['.'],
  ],
};

/** Rooms that know less than their floor allows: all that they may import outside themselves. */
export const KNOWS_ONLY: Readonly<Record<string, readonly string[]>> = {
  client: [],
  local: ['client'],
  direct: [
    'src/vault',
    'src/storage',
    'src/disks',
    'src/failures',
    'src/basics',
    'src/compute/data-plane',
    'src/api',
  ],
  nbd: ['src/vault', 'src/storage', 'src/disks', 'src/failures', 'src/basics'],
  cli: ['client', 'local/start', 'local/process', 'direct', 'nbd'],
  'local/process': [],
  'local/fleet': [],
  'local/compute-emulator': [],
  'local/functions-host': [],
};

/** Packages that only these rooms may import. The tests, the benchmarks and the tools are free. */
export const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  '@azure/functions': ['src/functions', 'src/activities', 'local/functions-host'],
  'durable-functions': ['src/functions', 'src/activities', 'src/orchestration', 'local/functions-host'],
  '@azure/arm-compute': ['src/compute', 'src/restore'],
  '@azure/core-rest-pipeline': ['src/compute'],
  '@azure/storage-blob': ['src/storage'],
  '@azure/identity': ['src/storage', 'src/compute'],
  '@opentelemetry/api': ['src/jobs'],
  azurite: ['local/azurite'],
};

/** Rooms whose code is replayed: it does the same again each time, and so does everything that it calls. */
export const REPLAYED: readonly string[] = ['src/functions/orchestrators', 'src/orchestration/steps'];
