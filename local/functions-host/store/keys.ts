import { randomBytes } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';

/** Access keys, made when they are first asked for and kept in the state folder. */
export function keyTable(db: DatabaseSync) {
  const get = db.prepare('SELECT value FROM keys WHERE scope = ? AND name = ?');
  const put = db.prepare('INSERT INTO keys (scope, name, value) VALUES (?, ?, ?)');
  return {
    /** @param scope `host`, `system` or `function:<name>`. */
    get(scope: string, name: string): string {
      const found = get.get(scope, name)?.value as string | undefined;
      if (found) return found;
      const value = randomBytes(32).toString('base64url');
      put.run(scope, name, value);
      return value;
    },
  };
}
