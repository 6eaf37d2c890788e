import type { OrchestrationContext, TimerTask } from 'durable-functions';
import { noSoonerThan } from '../../basics/time';

/** A durable timer that fires no sooner than in so many seconds; every timer of this app is made here. */
export const durableTimer = (context: OrchestrationContext, seconds: number): TimerTask =>
  context.df.createTimer(noSoonerThan(context.df.currentUtcDateTime, seconds));
