import { randomUUID } from 'node:crypto';
import type { Job, Policy, RecoveryPoint, RestoreTarget, VmDescription } from './api-types';
import { requestJson } from './http';

/** The HTTP API of the app. Every call rejects with `RequestFailed` when the API refuses it. */
export interface ApiClient {
  listVms(): Promise<VmDescription[]>;
  putPolicy(name: string, policy: Policy): Promise<void>;
  listJobs(filter?: { vm?: string; state?: Job['state'] }): Promise<Job[]>;
  getJob(id: string): Promise<Job>;
  /** Returns the id of the job. */
  startBackup(vm: string): Promise<string>;
  cancelJob(id: string): Promise<void>;
  listRecoveryPoints(vm: string): Promise<RecoveryPoint[]>;
  /** Restores a point, by default its disks to new managed disks; returns the id of the job. */
  startRestore(point: string, to?: RestoreTarget): Promise<string>;
}

/** @param api base address with the prefix, for example `http://127.0.0.1:7071/api` */
export function apiClient(api: string, signal?: AbortSignal): ApiClient {
  const call = async <T>(method: string, path: string, body?: unknown) => {
    const idempotencyKey = method === 'POST' ? randomUUID() : undefined;
    return (await requestJson<T>(method, `${api}${path}`, body, { signal, idempotencyKey })).body;
  };
  return {
    listVms: async () => (await call<{ vms: VmDescription[] }>('GET', '/vms')).vms,
    putPolicy: (name, policy) => call('PUT', `/policies/${encodeURIComponent(name)}`, policy),
    listJobs: async (filter = {}) => {
      const query = new URLSearchParams(Object.entries(filter).filter(([, value]) => value !== undefined));
      return (await call<{ jobs: Job[] }>('GET', `/jobs?${query}`)).jobs;
    },
    getJob: (id) => call('GET', `/jobs/${encodeURIComponent(id)}`),
    cancelJob: (id) => call('POST', `/jobs/${encodeURIComponent(id)}/cancel`),
    startBackup: async (vm) =>
      (await call<{ job: string }>('POST', `/vms/${encodeURIComponent(vm)}/backups`, {})).job,
    listRecoveryPoints: async (vm) =>
      (
        await call<{ recoveryPoints: RecoveryPoint[] }>(
          'GET',
          `/vms/${encodeURIComponent(vm)}/recovery-points`,
        )
      ).recoveryPoints,
    startRestore: async (point, to = { target: 'disks' }) =>
      (await call<{ job: string }>('POST', `/recovery-points/${encodeURIComponent(point)}/restores`, to)).job,
  };
}
