import type { Job } from './api-types';

/** True once nothing about the job will change any more. */
export const isOver = ({ state }: Pick<Job, 'state'>): boolean => state !== 'Queued' && state !== 'Running';
