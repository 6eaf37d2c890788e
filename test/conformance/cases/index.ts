import type { Cases } from './case';
import { children } from './children';
import { continueAsNew } from './continue-as-new';
import { events } from './events';
import { failures } from './failures';
import { lifecycle } from './lifecycle';
import { looking } from './looking';
import { purging } from './purging';
import { retriesAndCompounds } from './retries-and-compounds';
import { sdkClient } from './sdk-client';
import { sizes } from './sizes';
import { starting } from './starting';
import { values } from './values';

/** All cases by their subject, which names the file of their recording. */
export const SUBJECTS: Record<string, Cases> = {
  values,
  failures,
  'retries-and-compounds': retriesAndCompounds,
  events,
  'continue-as-new': continueAsNew,
  children,
  lifecycle,
  starting,
  looking,
  sizes,
  'sdk-client': sdkClient,
  purging,
};

/** Subjects whose cases run alone, one after another. */
export const ALONE: readonly string[] = ['purging'];
