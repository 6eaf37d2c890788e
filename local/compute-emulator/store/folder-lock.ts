import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { createServer } from 'node:net';

/** Another process works on the folder. */
export class FolderInUseError extends Error {
  override readonly name = 'FolderInUseError';
  constructor(folder: string) {
    super(
      `Another compute emulator is running on the state folder ${folder}. Stop it, or name another folder.`,
    );
  }
}

/**
 * Claims a folder for this process. The claim is a socket in Linux's abstract name space, which
 * the kernel takes back however the process ends, so a lock can never be left over. Other systems
 * have no such thing and go without.
 * @returns a function that gives the folder back
 * @throws FolderInUseError
 */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  if (process.platform !== 'linux') return async () => undefined;
  const name = createHash('sha256').update(realpathSync(folder)).digest('hex');
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(error.code === 'EADDRINUSE' ? new FolderInUseError(folder) : error),
    );
    server.listen({ path: `\0compute-emulator-${name}` }, resolve);
  });
  server.unref();
  return () => new Promise((resolve) => server.close(() => resolve()));
}
