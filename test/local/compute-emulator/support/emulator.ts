import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ComputeManagementClient } from '@azure/arm-compute';
import { bearerTokenAuthenticationPolicyName } from '@azure/core-rest-pipeline';
import type { ComputeEmulator } from '../../../../local/compute-emulator/start';
import { startComputeEmulator } from '../../../../local/compute-emulator/start';

export const MIB = 1024 * 1024;

/** An emulator in a folder of its own, with the real SDK pointed at it. */
export interface TestCloud {
  folder: string;
  url: string;
  client: ComputeManagementClient;
  /** Calls an admin route; throws with the answer's text unless it is 200. */
  admin<T>(method: string, path: string, body?: unknown): Promise<T>;
  /** Closes the emulator and starts it again on the same state. */
  restart(): Promise<TestCloud>;
  close(): Promise<void>;
}

export interface TestOptions {
  clock?: () => Date;
}

/** @param fleet content of the fleet file; image paths are relative to the returned folder, see `images` */
export async function startCloud(
  fleet: { vms: unknown[]; scripts?: unknown },
  images: Record<string, Buffer> = {},
  options: TestOptions = {},
): Promise<TestCloud> {
  const folder = mkdtempSync(join(tmpdir(), 'emulator-'));
  for (const [name, bytes] of Object.entries(images)) writeFileSync(join(folder, name), bytes);
  writeFileSync(join(folder, 'fleet.json'), JSON.stringify(fleet));
  return open(folder, options);
}

async function open(folder: string, options: TestOptions): Promise<TestCloud> {
  const emulator = await startComputeEmulator({
    stateDir: join(folder, 'state'),
    fleet: join(folder, 'fleet.json'),
    ...options,
  });
  return {
    folder,
    url: emulator.url,
    client: connect(emulator),
    async admin<T>(method: string, path: string, body?: unknown): Promise<T> {
      const answer = await fetch(`${emulator.url}/emulator${path}`, {
        method,
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      const text = await answer.text();
      if (answer.status !== 200) throw new Error(`${answer.status} ${text}`);
      return JSON.parse(text) as T;
    },
    async restart() {
      await emulator.close();
      return open(folder, options);
    },
    async close() {
      await emulator.close();
      rmSync(folder, { recursive: true });
    },
  };
}

/** The SDK over plain http, which it refuses with a bearer token. */
export function connect({
  url,
  subscriptionId,
}: Pick<ComputeEmulator, 'url' | 'subscriptionId'>): ComputeManagementClient {
  const credential = {
    getToken: async () => ({ token: 'test', expiresOnTimestamp: Date.now() + 3_600_000 }),
  };
  const client = new ComputeManagementClient(credential, subscriptionId, {
    endpoint: url,
    allowInsecureConnection: true,
    retryOptions: { maxRetries: 0 },
  });
  client.pipeline.removePolicy({ name: bearerTokenAuthenticationPolicyName });
  return client;
}
