import { EventType, type ScheduledEvent } from '../durable-task/history';

// The words of the Durable Task Framework (3.11.2) for a history that a replay does not repeat. Its commas,
// blanks and "number" beside "ID" are kept: what an app looks for is the text.

const LABEL = 'Non-Deterministic workflow detected: A previous execution of this orchestration scheduled';
const CAUSE = 'Was a change made to the orchestrator code after this instance had already started running?';

/** The framework's names of what a replay does. */
const ACTIONS = {
  [EventType.TaskScheduled]: 'ScheduleTaskOrchestratorAction',
  [EventType.SubOrchestrationInstanceCreated]: 'CreateSubOrchestrationAction',
  [EventType.TimerCreated]: 'CreateTimerOrchestratorAction',
};

/** Whether both are the same call; names match in any case. */
export function isSameTask(a: ScheduledEvent, b: ScheduledEvent): boolean {
  return a.EventType === b.EventType && nameOf(a).toLowerCase() === nameOf(b).toLowerCase();
}

/** The replay has nothing under the id of a recorded task. */
export function notScheduledYet(recorded: ScheduledEvent): string {
  return `${LABEL} ${taskOf(recorded, 'missing')} but the current replay execution hasn't (yet?) scheduled this task. ${CAUSE}`;
}

/** The replay has another task under the id of a recorded one. */
export function scheduledOtherwise(recorded: ScheduledEvent, replayed: ScheduledEvent): string {
  const task = taskOf(recorded, 'other');
  const isSub = recorded.EventType === EventType.SubOrchestrationInstanceCreated;
  const place = isSub ? 'at this sequence number' : 'with this sequence number';
  if (recorded.EventType !== replayed.EventType) {
    const action = ACTIONS[replayed.EventType];
    return `${LABEL} ${task} but the current orchestration replay instead produced a ${action} action ${place}. ${CAUSE}`;
  }
  const instead = isSub ? 'a sub-orchestration task with name' : 'an activity task named';
  const end = isSub ? '. ' : '.  ';
  return `${LABEL} ${task} but the current orchestration replay instead scheduled ${instead} '${nameOf(replayed)}' ${place}${end}${CAUSE}`;
}

function taskOf(event: ScheduledEvent, found: 'missing' | 'other'): string {
  const { EventId: id } = event;
  switch (event.EventType) {
    case EventType.TaskScheduled:
      return found === 'missing'
        ? `an activity task with sequence ID ${id} and name '${event.Name}' (version '${event.Version}'),`
        : `an activity task with sequence number ${id} named '${event.Name}',`;
    case EventType.SubOrchestrationInstanceCreated:
      return (
        `a sub-orchestration task with sequence ID ${id} and name '${event.Name}' ` +
        `(version '${event.Version}', instance ID '${event.InstanceId}'),`
      );
    case EventType.TimerCreated:
      return `a timer task with sequence number ${id}${found === 'missing' ? '' : ' named'}`;
  }
}

function nameOf(event: ScheduledEvent): string {
  return event.EventType === EventType.TimerCreated ? '' : event.Name;
}
