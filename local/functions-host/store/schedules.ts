import type { DatabaseSync } from 'node:sqlite';

/** What the host remembers of one timer trigger. Times are milliseconds since 1970. */
export interface ScheduleStatus {
  /** When it ran last, if it ever did. */
  last: number | null;
  /** When it is to run next. */
  next: number;
  /** When this was written. */
  updated: number;
}

/** Schedules that survive a restart, so that a missed run can be caught up. */
export function scheduleTable(db: DatabaseSync) {
  const get = db.prepare('SELECT last, next, updated FROM schedules WHERE function = ?');
  const put = db.prepare(
    'INSERT OR REPLACE INTO schedules (function, last, next, updated) VALUES (?, ?, ?, ?)',
  );
  return {
    get(name: string): ScheduleStatus | undefined {
      const row = get.get(name);
      return (
        row && { last: row.last as number | null, next: row.next as number, updated: row.updated as number }
      );
    },
    put(name: string, { last, next, updated }: ScheduleStatus): void {
      put.run(name, last, next, updated);
    },
  };
}
