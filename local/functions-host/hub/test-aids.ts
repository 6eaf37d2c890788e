/**
 * The steps of storing an episode or a result, in their order; all steps from `begun` to
 * `deleted` are one transaction.
 */
export type KillPoint =
  | 'episode:replayed'
  | 'episode:begun'
  | 'episode:sent'
  | 'episode:history'
  | 'episode:instance'
  | 'episode:deleted'
  | 'episode:committed'
  | 'activity:started'
  | 'activity:finished'
  | 'activity:committed';

/** Ways to make a run harder than an ordinary machine would. */
export interface TestAids {
  /** One message per episode, which shakes out code that relies on the order of completions. */
  oneByOne?: boolean;
  /**
   * Runs every activity twice, as Azure may: both results are sent, the second one is dropped as a duplicate.
   */
  duplicateActivities?: boolean;
  /** Called at every step; may kill the process. */
  killPoint?: (point: KillPoint) => void;
}
