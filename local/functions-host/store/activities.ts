import type { DatabaseSync } from 'node:sqlite';

/** An activity that was scheduled and whose result is not stored yet. */
export interface ActivityRow {
  id: number;
  instanceId: string;
  executionId: string;
  taskId: number;
  name: string;
  /** JSON text of a one-element array. */
  input: string;
}

/**
 * The queue of activities. A row goes in the transaction that stores its result,
 * so a killed activity runs again.
 */
export function activityTable(db: DatabaseSync) {
  const insert = db.prepare(
    'INSERT INTO activities (instance_id, execution_id, task_id, name, input) VALUES (?, ?, ?, ?, ?)',
  );
  const all = db.prepare('SELECT id FROM activities ORDER BY id');
  const get = db.prepare('SELECT * FROM activities WHERE id = ?');
  const remove = db.prepare('DELETE FROM activities WHERE id = ?');

  return {
    /** @returns the id of the queue's row. */
    add(activity: Omit<ActivityRow, 'id'>): number {
      const { instanceId, executionId, taskId, name, input } = activity;
      return Number(insert.run(instanceId, executionId, taskId, name, input).lastInsertRowid);
    },
    ids(): number[] {
      return all.all().map((row) => row.id as number);
    },
    get(id: number): ActivityRow | undefined {
      const row = get.get(id);
      return (
        row && {
          id,
          instanceId: row.instance_id as string,
          executionId: row.execution_id as string,
          taskId: row.task_id as number,
          name: row.name as string,
          input: row.input as string,
        }
      );
    },
    remove(id: number): void {
      remove.run(id);
    },
  };
}
