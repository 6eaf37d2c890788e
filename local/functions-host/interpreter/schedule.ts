import { messageOf } from '../basics/errors';
import type { ScheduledEvent } from '../durable-task/history';
import { isSameTask, notScheduledYet, scheduledOtherwise } from './non-determinism';

/** A failure of the whole instance that user code cannot catch, in the extension's words. */
export class InstanceFailure extends Error {
  override readonly name: string = 'InstanceFailure';
}

/** The history holds something else than what this replay did; the framework says so, not the extension. */
export class NonDeterminism extends InstanceFailure {
  override readonly name = 'NonDeterminism';
}

type Settle = (succeeded: boolean) => void;

/**
 * What a replay has scheduled so far: hands out ids from one counter, keeps the open tasks, and checks every
 * scheduled event of the history against what the replay scheduled under that id.
 */
export class Schedule {
  /** Scheduled by this replay and not yet met in the history: at the end, these are the new decisions. */
  private readonly unconfirmed = new Map<number, ScheduledEvent>();
  private readonly open = new Map<number, Settle>();
  private nextId = 0;

  get hasOpenTasks(): boolean {
    return this.open.size > 0;
  }

  /** The ids that something still has to arrive for. */
  get openIds(): number[] {
    return [...this.open.keys()];
  }

  /** Takes the next id and opens its task. */
  add(event: (id: number) => ScheduledEvent, settle: Settle): number {
    const id = this.nextId++;
    this.unconfirmed.set(id, event(id));
    this.open.set(id, settle);
    return id;
  }

  /** A cancelled timer is no longer waited for, though it has taken its id. */
  forget(id: number): void {
    this.open.delete(id);
  }

  /** A completion for an id that is not open is a duplicate and changes nothing. */
  settle(id: number, succeeded: boolean): void {
    const settle = this.open.get(id);
    this.open.delete(id);
    settle?.(succeeded);
  }

  /** Decisions that the history does not have yet, in the order of their ids. */
  newDecisions(): ScheduledEvent[] {
    return [...this.unconfirmed.values()].sort((a, b) => a.EventId - b.EventId);
  }

  /**
   * Checks a scheduled event of the history against this replay.
   * @throws NonDeterminism when the replay scheduled nothing, or something else, under that id.
   */
  confirm(recorded: ScheduledEvent): void {
    const replayed = this.unconfirmed.get(recorded.EventId);
    if (!replayed) throw new NonDeterminism(notScheduledYet(recorded));
    if (!isSameTask(replayed, recorded)) throw new NonDeterminism(scheduledOtherwise(recorded, replayed));
    this.unconfirmed.delete(recorded.EventId);
  }
}

/** The text for an instance that failed outside the user's code. */
export function failureText(orchestrator: string, thrown: unknown): string {
  return `Orchestrator function '${orchestrator}' failed: ${messageOf(thrown)}`;
}
