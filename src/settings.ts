import { z } from 'zod';
import type { NotificationSettings } from './notifications/notification';

/**
 * Everything that the environment decides. On Azure these are the application settings of the function app,
 * on a laptop the values of local.settings.json. Connections follow the convention of Azure Functions: a
 * connection string under the name itself, or an identity-based connection under `<name>__blobServiceUri`.
 */
const Environment = z.object({
  VaultStorage: z.string().min(1).optional(),
  VaultStorage__blobServiceUri: z.url().optional(),
  VaultContainer: z
    .string()
    .regex(/^[a-z0-9](-?[a-z0-9]){2,62}$/, 'not the name of a blob container')
    .default('vault'),
  ComputeEndpoint: z.url().default('https://management.azure.com'),
  ComputeAllowInsecureLoopback: z.stringbool().default(false),
  Subscriptions: z.string().min(1, 'name at least one subscription'),
  Installation: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,40}$/, 'not lower-case letters, digits and hyphens')
    .default('default'),
  RestoreResourceGroup: z.string().min(1).optional(),
  SnapshotResourceGroup: z.string().min(1).optional(),
  ResourceTags: z
    .string()
    .regex(
      /^[^=;]{1,512}=[^=;]{0,256}(;[^=;]{1,512}=[^=;]{0,256}){0,14}$/,
      'not like "name=value;other=value"',
    )
    .optional(),
  NotificationWebhook: z.url().optional(),
  NotificationSecret: z.string().min(16, 'at least 16 characters').optional(),
  MaxConcurrentBackups: z.coerce.number().int().min(1).max(500).default(20),
});

export interface Settings {
  vault: { connection: { connectionString: string } | { serviceUrl: string }; container: string };
  compute: {
    endpoint: string;
    allowInsecureLoopback: boolean;
    subscriptions: string[];
    /**
     * Names this app in the tags of what it makes: two apps of one name would sweep away each other's
     * snapshots.
     */
    installation: string;
    /** Where restore points go; by default the resource group of their VM. */
    snapshotResourceGroup?: string;
    /** Tags on everything that the app makes in Azure, as policies may demand them. */
    resourceTags?: Record<string, string>;
  };
  /** Where restored disks go; by default the resource group of the VM they came from. */
  restoreResourceGroup?: string;
  /** Backups that run at the same time over the whole fleet. */
  maxConcurrentBackups: number;
  /**
   * Where failed, missed and warning events go, and the key that signs them; the log gets them in any case.
   */
  notifications?: NotificationSettings;
}

/** Reads the settings; throws an Error that names every setting at fault. */
export function readSettings(environment: NodeJS.ProcessEnv): Settings {
  const parsed = Environment.safeParse(environment);
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw new Error(`The application settings are not usable. ${faults.join('; ')}.`);
  }
  const env = parsed.data;
  return {
    vault: { connection: vaultConnection(env), container: env.VaultContainer },
    compute: {
      endpoint: env.ComputeEndpoint,
      allowInsecureLoopback: env.ComputeAllowInsecureLoopback,
      subscriptions: env.Subscriptions.split(',').map((id) => id.trim()),
      installation: env.Installation,
      snapshotResourceGroup: env.SnapshotResourceGroup,
      resourceTags: env.ResourceTags === undefined ? undefined : tagsIn(env.ResourceTags),
    },
    restoreResourceGroup: env.RestoreResourceGroup,
    maxConcurrentBackups: env.MaxConcurrentBackups,
    notifications: notificationSettings(env),
  };
}

/** From `name=value;other=value`. */
const tagsIn = (text: string): Record<string, string> =>
  Object.fromEntries(text.split(';').map((tag) => tag.split('=').map((part) => part.trim())));

function vaultConnection(env: z.output<typeof Environment>): Settings['vault']['connection'] {
  if (env.VaultStorage__blobServiceUri) return { serviceUrl: env.VaultStorage__blobServiceUri };
  if (env.VaultStorage) return { connectionString: env.VaultStorage };
  throw new Error(
    'The application settings are not usable. Set VaultStorage__blobServiceUri (identity) or VaultStorage (connection string).',
  );
}

function notificationSettings(env: z.output<typeof Environment>): Settings['notifications'] {
  const { NotificationWebhook: webhook, NotificationSecret: secret } = env;
  if (webhook === undefined) return undefined;
  if (secret === undefined) {
    throw new Error(
      'The application settings are not usable. NotificationWebhook needs NotificationSecret, which signs what is sent.',
    );
  }
  return { webhook, secret };
}
