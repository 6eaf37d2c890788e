import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import type { ParentInstance, RuntimeStatus } from '../durable-task/history';

/** One orchestration instance. Texts called JSON are stored as they came. */
export interface InstanceRow {
  /** Grows with every instance that is created; the order of a listing. */
  number: number;
  id: string;
  executionId: string;
  name: string;
  version: string;
  status: RuntimeStatus;
  /** JSON. */
  input: string | null;
  /** JSON; of a failed or terminated instance, the reason as a JSON string. */
  output: string | null;
  /** JSON. */
  customStatus: string | null;
  parent: ParentInstance | null;
  /** Milliseconds since 1970. */
  createdAt: number;
  updatedAt: number;
}

export type NewInstance = Omit<InstanceRow, 'number' | 'output' | 'customStatus' | 'updatedAt'>;
export type InstanceChange = Pick<InstanceRow, 'status' | 'output' | 'customStatus' | 'updatedAt'> & {
  /** Given when the instance continued as new. Without an input the row keeps the one that it has. */
  restart?: { executionId: string; input: string | null };
};

export interface InstanceFilter {
  createdFrom?: number;
  createdTo?: number;
  statuses?: RuntimeStatus[];
  idPrefix?: string;
}

/** The table of instances: one row per instance id. */
export function instanceTable(db: DatabaseSync) {
  const get = db.prepare('SELECT * FROM instances WHERE id = ?');
  const insert = db.prepare(
    'INSERT INTO instances ' +
      '(id, execution_id, name, version, status, input, parent, created_at, updated_at) ' +
      'VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
  );
  const update = db.prepare(
    'UPDATE instances SET status = ?, output = ?, custom_status = ?, updated_at = ? WHERE id = ?',
  );
  const restart = db.prepare(
    'UPDATE instances SET execution_id = ?, input = COALESCE(?, input), created_at = ? WHERE id = ?',
  );
  const remove = db.prepare('DELETE FROM instances WHERE id = ?');

  return {
    get(id: string): InstanceRow | undefined {
      const row = get.get(id);
      return row && rowOf(row);
    },

    insert(instance: NewInstance): void {
      const parent = instance.parent && JSON.stringify(instance.parent);
      const { id, executionId, name, version, status, input, createdAt } = instance;
      insert.run(id, executionId, name, version, status, input, parent, createdAt, createdAt);
    },

    update(id: string, change: InstanceChange): void {
      update.run(change.status, change.output, change.customStatus, change.updatedAt, id);
      if (change.restart) {
        const { executionId, input } = change.restart;
        restart.run(executionId, input, change.updatedAt, id);
      }
    },

    remove(id: string): void {
      remove.run(id);
    },

    /**
     * Instances that match, in the order of their creation, at most `top` of them after the number `after`.
     */
    list(filter: InstanceFilter, top: number, after = 0): InstanceRow[] {
      const { clause, values } = conditions(filter);
      return db
        .prepare(`SELECT * FROM instances WHERE number > ? ${clause} ORDER BY number LIMIT ?`)
        .all(after, ...values, top)
        .map(rowOf);
    },
  };
}

/** No text comes after it in the order of UTF-8's bytes. */
const LAST_CHARACTER = '\u{10FFFF}';

function conditions(filter: InstanceFilter): { clause: string; values: SQLInputValue[] } {
  const parts: [string, SQLInputValue[]][] = [];
  if (filter.createdFrom !== undefined) parts.push(['created_at >= ?', [filter.createdFrom]]);
  if (filter.createdTo !== undefined) parts.push(['created_at <= ?', [filter.createdTo]]);
  // As a range, which the index of ids answers: a hub keeps every instance that ever ran.
  if (filter.idPrefix)
    parts.push(['id >= ? AND id < ?', [filter.idPrefix, `${filter.idPrefix}${LAST_CHARACTER}`]]);
  if (filter.statuses?.length) {
    parts.push([`status IN (${filter.statuses.map(() => '?').join(', ')})`, filter.statuses]);
  }
  return {
    clause: parts.map(([condition]) => `AND ${condition}`).join(' '),
    values: parts.flatMap(([, values]) => values),
  };
}

function rowOf(row: Record<string, unknown>): InstanceRow {
  const text = (name: string) => row[name] as string;
  const json = (name: string) => row[name] as string | null;
  return {
    number: row.number as number,
    id: text('id'),
    executionId: text('execution_id'),
    name: text('name'),
    version: text('version'),
    status: text('status') as RuntimeStatus,
    input: json('input'),
    output: json('output'),
    customStatus: json('custom_status'),
    parent: row.parent ? (JSON.parse(text('parent')) as ParentInstance) : null,
    createdAt: row.created_at as number,
    updatedAt: row.updated_at as number,
  };
}
