import { execFile } from 'node:child_process';
import { existsSync, globSync, statSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { projectRoot } from '../process/project-root';

const run = promisify(execFile);

/** The program's target framework in `engine/engine.csproj`. */
const NEEDED_SDK = 10;

/** Why the engine cannot be had on this machine, and what to do about it. */
export class EngineUnavailable extends Error {
  override readonly name = 'EngineUnavailable';
  constructor(
    readonly why: string,
    readonly remedy: string,
  ) {
    super(`${why} ${remedy}`);
  }
}

const project = () => path.join(projectRoot(), 'local', 'durable-engine', 'engine');
const program = () => path.join(project(), 'bin', 'Release', 'net10.0', 'engine.dll');

/**
 * Builds the engine unless it is newer than all its sources. The packages come from wherever NuGet is
 * configured to take them, in the versions of the lock file.
 * @returns the path of `engine.dll`.
 * @throws EngineUnavailable without the .NET SDK, or when it does not build.
 */
export async function buildEngine(say: (line: string) => void = () => undefined): Promise<string> {
  await requireSdk();
  if (isCurrent()) return program();
  say('Building the Durable engine; the first time it fetches its packages ...');
  const options = ['--configuration', 'Release', '--nologo', '--verbosity', 'quiet'];
  try {
    await run('dotnet', ['build', ...options, '-p:RestoreLockedMode=true'], { cwd: project() });
  } catch (error) {
    const { stdout = '', message } = error as { stdout?: string; message: string };
    throw new EngineUnavailable(
      `The engine does not build: ${stdout.trim().slice(-2_000) || message}`,
      'See docs/real-engine.md.',
    );
  }
  return program();
}

/** @throws EngineUnavailable */
export async function requireSdk(): Promise<void> {
  const listed = await run('dotnet', ['--list-sdks']).then(
    ({ stdout }) => stdout,
    () => '',
  );
  if (listed.split('\n').some((line) => Number.parseInt(line, 10) >= NEEDED_SDK)) return;
  throw new EngineUnavailable(
    listed ? `The .NET SDK ${NEEDED_SDK} is not among those of this machine.` : 'There is no .NET SDK here.',
    `Install the .NET SDK ${NEEDED_SDK}, so that \`dotnet --list-sdks\` names it, or run without the engine.`,
  );
}

function isCurrent(): boolean {
  if (!existsSync(program())) return false;
  const built = statSync(program()).mtimeMs;
  return globSync('{*.cs,*.csproj,packages.lock.json}', { cwd: project() }).every(
    (source) => statSync(path.join(project(), source)).mtimeMs < built,
  );
}
