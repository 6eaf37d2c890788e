// The store: everything that must survive the process, in tables of one SQLite database.

import { activityTable } from './activities';
import { openDatabase, transaction } from './database';
import { historyTable } from './histories';
import { instanceTable } from './instances';
import { keyTable } from './keys';
import { messageTable } from './messages';
import { scheduleTable } from './schedules';

/**
 * Everything that the host must not forget, in one SQLite database in the state folder.
 * Reads are always current; related writes go into one `transaction`.
 */
export function openStore(stateDir: string) {
  const db = openDatabase(stateDir);
  return {
    instances: instanceTable(db),
    histories: historyTable(db),
    messages: messageTable(db),
    activities: activityTable(db),
    schedules: scheduleTable(db),
    keys: keyTable(db),
    transaction: <T>(work: () => T): T => transaction(db, work),
    close: () => db.close(),
  };
}

export type Store = ReturnType<typeof openStore>;
