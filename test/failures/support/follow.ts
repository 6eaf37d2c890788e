import type { FailureCode } from '../../../src/failures/catalogue';
import type { VmShape } from '../../functions/support/vm-shapes';
import type { Job, World } from './remedy-world';

/** A cause, how it comes about, and what somebody does who reads its remedy. */
export interface Followed {
  code: FailureCode;
  /** The VM that it happens to; a small Linux VM with one data disk where nothing else is said. */
  shape?: VmShape;
  /** What the policy of the VM says beside its schedule. */
  policy?: object;
  provoke(world: World, vm: Subject): unknown;
  /** What fails, and succeeds afterwards: a backup, unless it says otherwise. */
  run?: (world: World, vm: Subject) => Promise<Job>;
  /** Does what the remedy says. */
  follow(world: World, vm: Subject): unknown;
  /** What succeeds then, where the remedy says to do it another way. */
  instead?: (world: World, vm: Subject) => Promise<Job>;
}

/** A cause whose remedy is to do nothing: the very run that meets it succeeds. */
export interface Passing {
  code: FailureCode;
  first?: (world: World, vm: Subject) => Promise<unknown>;
  operation: string;
  effect: object;
  count?: number;
  /** What meets it: a backup, unless it says otherwise. */
  run?: (world: World, vm: Subject) => Promise<Job>;
}

export interface Subject {
  name: string;
  key: string;
  /** A point from before anything went wrong; made when it is asked for. */
  point(): Promise<string>;
  /** Changes the policy of the VM. */
  setPolicy(change: object): Promise<void>;
}

const size = { properties: { hardwareProfile: { vmSize: 'Standard_D2s_v5' } } };
const data = [{ lun: 0, disk: { sku: { name: 'Premium_LRS' } } }];
export const LINUX: VmShape = { os: 'Linux', vm: size, data };
export const WINDOWS: VmShape = { os: 'Windows', vm: size, data };
/** A Linux VM whose data disk says this. */
export const withDisk = (disk: Record<string, unknown>, vm: VmShape['vm'] = size): VmShape => ({
  os: 'Linux',
  vm,
  data: [{ lun: 0, disk }],
});

const SCHEDULE = { frequency: 'daily', times: ['02:00'], timeZone: 'UTC' };

export async function newSubject(world: World, name: string, { shape = LINUX, policy }: Partial<Followed>) {
  await world.shaped.make(name, shape);
  const key = await world.keyOf(name);
  const setPolicy = async (change: object) => {
    const { status, body } = await world.call('PUT', `policies/${name}`, { schedule: SCHEDULE, ...change });
    if (status !== 200) throw new Error(JSON.stringify(body));
  };
  await setPolicy(policy ?? {});
  await world.call('PUT', `vms/${key}/protection`, { policy: name });
  let point: string | undefined;
  const subject: Subject = {
    name,
    key,
    setPolicy,
    async point() {
      point ??= (await world.backUp(name)).recoveryPoint;
      if (point === undefined) throw new Error(`${name} has no point.`);
      return point;
    },
  };
  return subject;
}

/** Every code that a job names: of its error, and of what it got round. */
export const codesOf = ({ error, warnings }: Job): string =>
  [error?.code ?? '', ...warnings.map((warning) => warning.split(':')[0])].filter(Boolean).join(' ');
