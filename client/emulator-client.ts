import { requestJson } from './http';
import { RequestFailed } from './request-failed';

interface LateError {
  error?: { code: string; message: string };
}

/** What lies in the emulated Azure, as far as its clients here read it. */
export interface EmulatorState {
  vms: {
    id: string;
    name: string;
    resourceGroup: string;
    powerState: string;
    /** What can be read about the guest from inside. */
    facts: Record<string, unknown>;
    extensions: { name: string; type: string; provisioningState: string }[];
    disks: { lun: number; id: string; name: string; sizeBytes: number }[];
  }[];
  disks: {
    id: string;
    name: string;
    resourceGroup: string;
    sizeBytes: number;
    diskState: string;
    managedBy: string | null;
  }[];
  restorePoints: { id: string; name: string; vm: string; consistencyMode: string }[];
  snapshots: { id: string; name: string }[];
  grants: { resourceId: string; access: string }[];
  /** Under way; named as in the SDK. */
  operations: { kind: string; resourceId: string }[];
}

/** What a guest's writing came to, in bytes and runs. */
export interface GuestWrite {
  changedBytes: number;
  clearedBytes: number;
  changedRanges: number;
}

/** What came of an export. */
export interface ExportedDisk {
  sizeBytes: number;
  /** Left out when no digest was asked for. */
  sha256?: string;
}

/** The administrator's side of the compute emulator: what Azure has no API for. */
export interface EmulatorClient {
  state(): Promise<EmulatorState>;
  /**
   * Makes a disk of a VM equal to an image file, as guest writes. `vm` and `disk` are names; where several
   * resource groups have one, `group/name`.
   */
  writeImage(vm: string, lun: number, image: string): Promise<GuestWrite>;
  /** Writes a managed disk's raw bytes to a file; without a digest the holes of a disk take no time. */
  exportDisk(disk: string, out: string, options?: { digest?: boolean }): Promise<ExportedDisk>;
  /** What a managed disk holds at this moment. */
  hashDisk(disk: string): Promise<string>;
}

/** @param url of the emulator, for example `http://127.0.0.1:7080`; images and outputs are absolute paths */
export function emulatorClient(url: string, signal?: AbortSignal): EmulatorClient {
  const call = async <T>(method: string, path: string, body?: unknown) => {
    const address = `${url.replace(/\/$/, '')}/emulator${path}`;
    const answer = await requestJson<T & LateError>(method, address, body, { signal });
    const { error } = answer.body;
    // An answer that took long has begun before it failed.
    if (error) throw new RequestFailed(answer.status, error.code, error.message);
    return answer.body as T;
  };
  const route = (kind: 'disks' | 'vms', place: string, rest: string) => {
    const [name = '', group] = place.split('/').reverse();
    const query = group === undefined ? '' : `?resourceGroup=${encodeURIComponent(group)}`;
    return `/${kind}/${encodeURIComponent(name)}${rest}${query}`;
  };
  return {
    state: () => call('GET', '/state'),
    writeImage: (vm, lun, image) => call('POST', route('vms', vm, `/disks/${lun}/image`), { image }),
    exportDisk: (disk, out, { digest = true } = {}) =>
      call('POST', route('disks', disk, '/export'), { out, digest }),
    hashDisk: async (disk) => (await call<{ sha256: string }>('GET', route('disks', disk, '/sha256'))).sha256,
  };
}
