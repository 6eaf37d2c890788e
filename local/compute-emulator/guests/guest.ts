// The guests: what goes on inside a VM, from its agent to its scripts, and what that makes of a snapshot.

import { z } from 'zod';

/** One pre or post script of a Linux guest: how it lies on the disk and how it behaves when it is run. */
const scriptSchema = z.strictObject({
  exists: z.boolean().default(true),
  owner: z.string().default('root'),
  mode: z
    .string()
    .regex(/^[0-7]{3}$/, 'must be three octal digits such as "700"')
    .default('700'),
  /** Exit code of the first, second … attempt; the last one repeats. */
  exitCodes: z.array(z.int().min(0).max(255)).min(1).default([0]),
  seconds: z.number().min(0).default(1),
});

/** /etc/azure/VMSnapshotScriptPluginConfig.json as far as it decides the outcome. */
const scriptConfigurationSchema = z.strictObject({
  parsable: z.boolean().default(true),
  owner: z.string().default('root'),
  mode: z
    .string()
    .regex(/^[0-7]{3}$/, 'must be three octal digits such as "600"')
    .default('600'),
  preScriptNoOfRetries: z.int().min(0).default(0),
  postScriptNoOfRetries: z.int().min(0).default(0),
  timeoutInSeconds: z.number().positive().default(30),
  continueBackupOnFailure: z.boolean().default(true),
  fsFreezeEnabled: z.boolean().default(true),
});

/** How the operating system inside a VM behaves. Everything is healthy unless said otherwise. */
export const guestSchema = z.strictObject({
  /** The Azure VM agent. */
  agent: z.enum(['ready', 'not-ready', 'not-installed']).default('ready'),
  /** Whether the guest reaches the platform (168.63.129.16) and the storage service. */
  network: z.enum(['ok', 'blocked']).default('ok'),
  /** How far the guest's clock is ahead of the real time. */
  clockSkewSeconds: z.number().default(0),
  /** Windows: `some-writers-failed` makes a file-system-consistent restore point, `failed` none at all. */
  vss: z.enum(['ok', 'some-writers-failed', 'failed']).default('ok'),
  comPlus: z.enum(['ok', 'failed', 'out-of-memory']).default('ok'),
  msdtc: z.enum(['ok', 'failed']).default('ok'),
  vcRedistInstall: z.enum(['ok', 'failed']).default('ok'),
  resources: z.enum(['ok', 'exhausted']).default('ok'),
  /** Linux: fsfreeze of all mounted file systems. */
  fsFreeze: z.enum(['ok', 'failed', 'timeout']).default('ok'),
  /** Linux: present when pre/post scripts are set up. */
  scripts: z
    .strictObject({
      configuration: scriptConfigurationSchema.prefault({}),
      pre: scriptSchema.prefault({}),
      post: scriptSchema.prefault({}),
    })
    .optional(),
  /**
   * What scripts sent through Run Command can find out about the guest; added to what
   * its operating system starts with.
   */
  facts: z.record(z.string(), z.json()).default({}),
});

/** How the operating system inside a VM behaves. */
export type Guest = z.infer<typeof guestSchema>;

/** What can be read about a guest from inside: installed programs, services, settings. */
export type GuestFacts = Readonly<Record<string, z.core.util.JSONType>>;

/** A new Windows or Linux installation, before any backup. */
export function factsOfNewGuest(os: 'Windows' | 'Linux'): GuestFacts {
  return os === 'Windows'
    ? { vcRedist2013x64: null, vssStartMode: 'Manual', iaasVmProvider: null, useVssCopyBackup: null }
    : {};
}
