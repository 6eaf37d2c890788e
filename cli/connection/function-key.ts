import { execSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { EXIT } from '../ending/exit-codes';
import { Refused } from '../ending/refused';
import type { KeySource } from './profiles';

const COMMAND_WITHIN_MS = 60_000;

/** The function key from where a profile says it is. Throws `Refused` when there is none. */
export function readKey(source: KeySource): string {
  if ('env' in source) return present(process.env[source.env], `The variable ${source.env} is not set`);
  if ('file' in source) return present(readKeyFile(source.file), `${source.file} is empty`);
  return present(runKeyCommand(source.command), 'The command for the key printed nothing');
}

/**
 * A key goes over plain HTTP to this machine only.
 * @param url of the API
 */
export function refuseOpenTransport(url: string): void {
  const { protocol, hostname } = new URL(url);
  if (protocol === 'https:' || ['127.0.0.1', 'localhost', '[::1]'].includes(hostname)) return;
  throw new Refused(
    EXIT.usage,
    `The key would go to ${hostname} unencrypted.`,
    'Use an address that begins with https.',
  );
}

function readKeyFile(file: string): string {
  try {
    return readFileSync(file.replace(/^~(?=[/\\])/, homedir()), 'utf8');
  } catch (error) {
    throw noKey(`${path.resolve(file)} cannot be read: ${(error as NodeJS.ErrnoException).code}`);
  }
}

function runKeyCommand(command: string): string {
  try {
    return execSync(command, {
      encoding: 'utf8',
      stdio: ['inherit', 'pipe', 'inherit'],
      timeout: COMMAND_WITHIN_MS,
    });
  } catch {
    throw noKey('The command for the key failed');
  }
}

function present(key: string | undefined, otherwise: string): string {
  const trimmed = key?.trim();
  if (trimmed) return trimmed;
  throw noKey(otherwise);
}

const noKey = (why: string): Refused =>
  new Refused(
    EXIT.notAllowed,
    `There is no function key: ${why}.`,
    'vmbackup config show tells where the key should be.',
  );
