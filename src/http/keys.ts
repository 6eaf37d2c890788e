import { z } from 'zod';
import { JobId } from '../jobs/job-id';
import { PolicyName } from '../policies/policy';
import { parse } from './parse';

const VmKey = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'not the key of a VM');
const PointId = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}\.\d{8}t\d{6}z(-[0-9a-f]{1,8})?$/, 'not the id of a recovery point');

type Params = Record<string, string>;

/** Ids in routes, checked against their grammar before they name anything. */
export const vmKeyOf = (params: Params): string => parse(VmKey, params.vm, 'vm');
export const pointIdOf = (params: Params): string => parse(PointId, params.point, 'point');
export const jobIdOf = (params: Params): string => parse(JobId, params.job, 'job');
export const policyNameOf = (params: Params): string => parse(PolicyName, params.policy, 'policy');
