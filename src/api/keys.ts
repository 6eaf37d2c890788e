import { z } from 'zod';
import { JobId } from '../jobs/job-id';
import { PolicyName } from '../policies/policy';

const VmKey = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'not the key of a VM');
const PointId = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}\.\d{8}t\d{6}z(-[0-9a-f]{1,8})?$/, 'not the id of a recovery point');

/** What a route's template may name, checked against its grammar before it names anything. */
export const PARAMS = { vm: VmKey, point: PointId, job: JobId, policy: PolicyName } as const;
export type ParamName = keyof typeof PARAMS;

/** The parameters in a template such as `vms/{vm}/backups`. */
export type ParamsOf<Route extends string> = Route extends `${string}{${infer Name}}${infer Rest}`
  ? { [Key in Name | keyof ParamsOf<Rest>]: string }
  : Record<never, string>;

/** The names of the parameters in a template. */
export const paramNames = (route: string): ParamName[] =>
  [...route.matchAll(/\{(\w+)\}/g)].map(([, name]) => name as ParamName);
