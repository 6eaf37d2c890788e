import type { DatabaseSync } from 'node:sqlite';
import { EventType, type MessageEvent } from '../durable-task/history';

/** An event on its way to an instance. */
export interface Message {
  instanceId: string;
  /** Set for what belongs to one execution (completions, timers): dropped when the instance has moved on. */
  executionId: string | null;
  /** Milliseconds since 1970; a timer's message is not seen before. */
  dueAt: number;
  event: MessageEvent;
}

export interface StoredMessage extends Message {
  id: number;
}

/** What overtakes all other messages. */
const { ExecutionTerminated, ExecutionSuspended, ExecutionResumed } = EventType;
const CONTROL = `(${ExecutionTerminated}, ${ExecutionSuspended}, ${ExecutionResumed})`;

/** The inboxes of all instances; timers are messages that become visible later. */
export function messageTable(db: DatabaseSync) {
  const insert = db.prepare(
    'INSERT INTO messages (instance_id, execution_id, type, due_at, event) VALUES (?, ?, ?, ?, ?)',
  );
  const due = db.prepare(
    // The start of an execution comes before all that was sent to the instance meanwhile.
    `SELECT * FROM messages WHERE instance_id = ? AND due_at <= ? AND type NOT IN ${CONTROL}
     ORDER BY type <> ${EventType.ExecutionStarted}, due_at, id LIMIT ?`,
  );
  const control = db.prepare(
    `SELECT * FROM messages WHERE instance_id = ? AND type IN ${CONTROL} ORDER BY id LIMIT 1`,
  );
  const remove = db.prepare('DELETE FROM messages WHERE id = ?');
  const removeAll = db.prepare('DELETE FROM messages WHERE instance_id = ?');
  const waiting = db.prepare('SELECT DISTINCT instance_id FROM messages WHERE due_at <= ?');
  const next = db.prepare('SELECT MIN(due_at) AS due_at FROM messages WHERE due_at > ?');

  return {
    add(message: Message): void {
      const { instanceId, executionId, dueAt, event } = message;
      insert.run(instanceId, executionId, event.EventType, dueAt, JSON.stringify(event));
    },

    /** Visible messages of an instance except those of `control`, oldest first. */
    due(instanceId: string, now: number, limit: number): StoredMessage[] {
      return due.all(instanceId, now, limit).map(messageOf);
    },

    /** The oldest message that suspends, resumes or terminates the instance. */
    control(instanceId: string): StoredMessage | undefined {
      const row = control.get(instanceId);
      return row && messageOf(row);
    },

    remove(id: number): void {
      remove.run(id);
    },

    removeAll(instanceId: string): void {
      removeAll.run(instanceId);
    },

    /** Instances with visible messages. */
    instancesDue(now: number): string[] {
      return waiting.all(now).map((row) => row.instance_id as string);
    },

    /** When the next message after `now` becomes visible. */
    nextDueAt(now: number): number | undefined {
      return (next.get(now)?.due_at as number | null | undefined) ?? undefined;
    },
  };
}

function messageOf(row: Record<string, unknown>): StoredMessage {
  return {
    id: row.id as number,
    instanceId: row.instance_id as string,
    executionId: row.execution_id as string | null,
    dueAt: row.due_at as number,
    event: JSON.parse(row.event as string) as MessageEvent,
  };
}
