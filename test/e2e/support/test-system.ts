import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type ApiClient, apiClient } from '../../../client/api-client';
import { type EmulatorClient, emulatorClient } from '../../../client/emulator-client';
import type { JobEvent } from '../../../local/demo/job-events';
import type { Screen } from '../../../local/demo/screen';
import { compiled } from '../../../local/process/project-root';
import { type System, startSystem } from '../../../local/start/system';
import { watchAnswers } from '../../functions/support/watch-answers';

export interface TestSystem {
  system: System;
  api: ApiClient;
  emulator: EmulatorClient;
  end(): Promise<void>;
}

/** A folder of the test's own below the system's temporary one. */
export const testFolder = (): Promise<string> => mkdtemp(path.join(tmpdir(), 'durable-vm-backup-e2e-'));

/**
 * Starts Azurite, the emulator and the app as `npm start` does, with a scheduler that looks every second. Its
 * answers are watched.
 */
export async function startTestSystem(
  folder: string,
  fleetFile: string,
  settings: Record<string, string> = {},
): Promise<TestSystem> {
  // These tests run what people run: the compiled app.
  if (!existsSync(compiled('src'))) throw new Error('Build first: npm run build (npm test does).');
  const system = await startSystem({
    stateDir: path.join(folder, 'state'),
    fleetFile,
    settings: { SchedulerInterval: '* * * * * *', ...settings },
  });
  await watchAnswers(system.api);
  return {
    system,
    api: apiClient(system.api),
    emulator: emulatorClient(system.emulator),
    async end() {
      await system.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A screen that nobody looks at, which remembers what it was told. */
export function silentScreen(): Screen & { events: JobEvent[] } {
  const events: JobEvent[] = [];
  const nothing = () => undefined;
  return {
    events,
    event: (event) => void events.push(event),
    title: nothing,
    chapter: nothing,
    line: nothing,
    progress: nothing,
    table: nothing,
    verdict: nothing,
  };
}
