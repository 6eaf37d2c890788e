import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { accessSync, constants, existsSync, globSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

const PATHS = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/sbin'];
const KERNEL = process.env.DEVICE_TOOLS_KERNEL ?? '/var/cache/vmbackup-device-tools/kernel';

const TOOLS = [
  'nbdinfo',
  'nbdcopy',
  'nbdfuse',
  'qemu-img',
  'qemu-io',
  'qemu-system-x86_64',
  'busybox',
  'fusermount3',
  'mke2fs',
  'debugfs',
] as const;
export type Tool = (typeof TOOLS)[number];

const isExecutable = (file: string) => {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/** Where a program is; undefined when it is not installed. */
export const findTool = (name: string) =>
  PATHS.map((folder) => path.join(folder, name)).find((file) => existsSync(file) && isExecutable(file));

/** A kernel that was unpacked for the tests, with its modules. */
export const kernelImage = () =>
  globSync(path.join(KERNEL, 'boot', 'vmlinuz-*'))
    .sort()
    .at(-1);

export const kernelModule = (name: string) =>
  globSync(path.join(KERNEL, 'lib', 'modules', '*', 'kernel', '**', `${name}.ko`)).at(0);

/** What `.ci/install-device-tools` brings and is not here. */
export const missingTools = (): string[] => [
  ...TOOLS.filter((tool) => !findTool(tool)),
  ...(kernelImage() ? [] : ['a kernel to boot']),
  ...(existsSync('/dev/fuse') ? [] : ['/dev/fuse']),
];

/** Runs a program to its end; throws with what it said when it fails. */
export async function run(tool: string, ...args: string[]): Promise<string> {
  const options = { maxBuffer: 64 * 2 ** 20 };
  const { stdout } = await promisify(execFile)(findTool(tool) ?? tool, args, options);
  return stdout;
}

/** Starts a program that ends when it is told to. */
export function start(tool: string, ...args: string[]): ChildProcess {
  return spawn(findTool(tool) ?? tool, args, { stdio: ['ignore', 'pipe', 'pipe'] });
}
