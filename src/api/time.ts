import { z } from 'zod';

/** A moment, ISO 8601 with its offset from UTC. */
export const Time = z.iso.datetime({ offset: true, error: 'not a time such as 2026-03-01T02:00:00Z' });
