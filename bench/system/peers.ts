import { existsSync } from 'node:fs';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { ACCOUNT, ACCOUNT_KEY, type CountedAzurite, DEFAULT_PORT } from '../support/counted-azurite';
import type { Fixture } from './fixture';
import { runProgram, versionOf } from './peer-process';
import { type Deed, type DiskName, STEPS, type StepId, type Tool } from './steps';

export interface PeerOptions {
  azurite: CountedAzurite;
  fixture: Fixture;
  /** For caches and for what is restored. */
  folder: string;
}

export type PeerName = 'restic' | 'rclone' | 'borg';

/** The peers that are installed, of those that are wanted. */
export function installedPeers(
  wanted: readonly PeerName[],
  options: PeerOptions,
  say: (line: string) => void,
): Tool[] {
  const makers: Record<PeerName, (options: PeerOptions) => Tool | undefined> = { restic, rclone, borg };
  return wanted.flatMap((name) => {
    const tool = makers[name](options);
    if (!tool) say(`${name} is not installed here, or cannot reach this Azurite: left out.`);
    return tool ? [tool] : [];
  });
}

/** Steps that only changed-block tracking makes different from another one. */
const OWN_STEPS: StepId[] = ['clustered-read', 'scattered-read'];

const imageOf = (fixture: Fixture, step: StepId, disk: DiskName): string =>
  fixture.imageFile(disk, STEPS.find(({ id }) => id === step)?.image ?? 'v1');

/** restic encrypts always; the vault does not yet. */
function restic({ azurite, fixture, folder }: PeerOptions): Tool | undefined {
  const version = versionOf('restic', 'version');
  if (!version || new URL(azurite.url).port !== String(DEFAULT_PORT)) return undefined;
  let container = '';
  const call = (...args: string[]): Promise<Deed> =>
    runProgram('restic', ['-r', `azure:${container}:/`, '--quiet', ...args], {
      env: {
        AZURE_ACCOUNT_NAME: ACCOUNT,
        AZURE_ACCOUNT_KEY: ACCOUNT_KEY,
        RESTIC_PASSWORD: 'benchmark',
        RESTIC_CACHE_DIR: path.join(folder, 'restic-cache'),
      },
    });
  return {
    name: 'restic',
    version,
    async begin(repeat) {
      container = `restic-${repeat}-${Date.now()}`;
      await call('init', '--repository-version', '2');
    },
    async run(step, disk) {
      const image = imageOf(fixture, step, disk);
      if (OWN_STEPS.includes(step)) return undefined;
      if (step === 'verify') return call('check', '--read-data');
      if (step === 'restore') {
        return intoFolder(folder, (out) => call('restore', 'latest', '--path', image, '--target', out));
      }
      const extra = step === 'unchanged-read' ? ['--force'] : step === 'twin' ? ['--host', 'twin'] : [];
      return call('backup', ...extra, image);
    },
    storedBytes: async () => (await azurite.sizeOf(container)).bytes,
    async end() {
      await azurite.client.getContainerClient(container).deleteIfExists();
      await rm(path.join(folder, 'restic-cache'), { recursive: true, force: true });
    },
  };
}

/** rclone copies files; it keeps no history and has no deltas. */
function rclone({ azurite, fixture, folder }: PeerOptions): Tool | undefined {
  const version = versionOf('rclone', 'version');
  if (!version) return undefined;
  let container = '';
  const call = (...args: string[]): Promise<Deed> =>
    runProgram('rclone', args, {
      env: {
        RCLONE_CONFIG: path.join(folder, 'rclone.conf'),
        RCLONE_CONFIG_AZ_TYPE: 'azureblob',
        RCLONE_CONFIG_AZ_USE_EMULATOR: 'true',
        RCLONE_CONFIG_AZ_ENDPOINT: azurite.blobEndpoint,
      },
    });
  return {
    name: 'rclone',
    version,
    async begin(repeat) {
      container = `rclone-${repeat}-${Date.now()}`;
      await call('mkdir', `az:${container}`);
    },
    async run(step, disk) {
      if (OWN_STEPS.includes(step) || step === 'unchanged-read') return undefined;
      const image = imageOf(fixture, step, disk);
      const remote = `az:${container}/${disk}.img`;
      if (step === 'verify') {
        const filter = ['--include', `/${path.basename(image)}`];
        await call('moveto', remote, `az:${container}/${path.basename(image)}`);
        const deed = await call('check', '--download', ...filter, path.dirname(image), `az:${container}`);
        await call('moveto', `az:${container}/${path.basename(image)}`, remote);
        return deed;
      }
      if (step === 'restore') {
        return intoFolder(folder, (out) => call('copyto', remote, path.join(out, 'disk.img')));
      }
      return call('copyto', image, step === 'twin' ? `az:${container}/${disk}-twin.img` : remote);
    },
    storedBytes: async () => (await azurite.sizeOf(container)).bytes,
    async end() {
      await azurite.client.getContainerClient(container).deleteIfExists();
    },
  };
}

/** borg has no Azure storage: its repository is a local folder, which spares it all requests. */
function borg({ fixture, folder }: PeerOptions): Tool | undefined {
  const version = versionOf('borg', '--version');
  if (!version) return undefined;
  const repository = path.join(folder, 'borg-repository');
  let archives = 0;
  const call = (args: string[], cwd?: string): Promise<Deed> =>
    runProgram('borg', args, {
      cwd,
      env: {
        BORG_BASE_DIR: path.join(folder, 'borg'),
        BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK: 'yes',
        BORG_RELOCATED_REPO_ACCESS_IS_OK: 'yes',
      },
    });
  return {
    name: 'borg',
    version: `${version}, lz4, local folder`,
    async begin() {
      await rm(repository, { recursive: true, force: true });
      await call(['init', '--encryption', 'none', repository]);
    },
    async run(step, disk) {
      if (OWN_STEPS.includes(step)) return undefined;
      if (step === 'verify') return call(['check', '--verify-data', repository]);
      if (step === 'restore') {
        return intoFolder(folder, (out) => call(['extract', '--sparse', `${repository}::${disk}-full`], out));
      }
      archives += 1;
      const archive = step === 'full' ? `${disk}-full` : `${disk}-${step}-${archives}`;
      const extra = step === 'unchanged-read' ? ['--files-cache', 'disabled'] : [];
      return call(['create', ...extra, `${repository}::${archive}`, imageOf(fixture, step, disk)]);
    },
    storedBytes: () => folderBytes(repository),
    async end() {
      await rm(repository, { recursive: true, force: true });
      await rm(path.join(folder, 'borg'), { recursive: true, force: true });
    },
  };
}

async function intoFolder(folder: string, restore: (out: string) => Promise<Deed>): Promise<Deed> {
  const out = path.join(folder, 'restored');
  await rm(out, { recursive: true, force: true });
  await mkdir(out, { recursive: true });
  try {
    return await restore(out);
  } finally {
    await rm(out, { recursive: true, force: true });
  }
}

async function folderBytes(folder: string): Promise<number> {
  if (!existsSync(folder)) return 0;
  let bytes = 0;
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) bytes += (await stat(path.join(entry.parentPath, entry.name))).size;
  }
  return bytes;
}
