import { messageOf } from '../basics/errors';
import { EventType, type ScheduledEvent } from '../durable-task/history';

/** A failure of the whole instance that user code cannot catch, in the extension's words. */
export class InstanceFailure extends Error {
  override readonly name = 'InstanceFailure';
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
   * @throws InstanceFailure when the replay scheduled nothing, or something else, under that id.
   */
  confirm(recorded: ScheduledEvent): void {
    const replayed = this.unconfirmed.get(recorded.EventId);
    if (!replayed) {
      throw drift(recorded, 'the replay has not scheduled it (yet)');
    }
    if (replayed.EventType !== recorded.EventType || !sameName(replayed, recorded)) {
      throw drift(recorded, `the replay scheduled ${describe(replayed)} under that id`);
    }
    this.unconfirmed.delete(recorded.EventId);
  }
}

function drift(recorded: ScheduledEvent, instead: string): InstanceFailure {
  return new InstanceFailure(
    `Non-Deterministic workflow detected: an earlier execution scheduled ${describe(recorded)} ` +
      `with sequence id ${recorded.EventId}, but ${instead}. ` +
      "Either the orchestrator's code has changed or it is not deterministic, " +
      'or it went on past a Task.all or Task.any whose other tasks still retry: ' +
      'see "Ids that drift" in the README of the functions host.',
  );
}

function sameName(a: ScheduledEvent, b: ScheduledEvent): boolean {
  return nameOf(a).toLowerCase() === nameOf(b).toLowerCase();
}

function nameOf(event: ScheduledEvent): string {
  return event.EventType === EventType.TimerCreated ? '' : event.Name;
}

function describe(event: ScheduledEvent): string {
  switch (event.EventType) {
    case EventType.TaskScheduled:
      return `the activity '${event.Name}'`;
    case EventType.SubOrchestrationInstanceCreated:
      return `the sub-orchestration '${event.Name}'`;
    case EventType.TimerCreated:
      return 'a timer';
  }
}

/** The text for an instance that failed outside the user's code. */
export function failureText(orchestrator: string, thrown: unknown): string {
  return `Orchestrator function '${orchestrator}' failed: ${messageOf(thrown)}`;
}
