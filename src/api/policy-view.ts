import { z } from 'zod';
import { BackupPolicy, PolicyName } from '../policies/policy';

/** A policy as the API shows it. */
export const PolicyView = z.strictObject({ name: PolicyName, ...BackupPolicy.shape });
