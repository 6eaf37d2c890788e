import type { DatabaseSync } from 'node:sqlite';
import type { HistoryEvent } from '../durable-task/history';
import { transaction } from './database';

/** A history in both forms that an episode needs: the events, and their JSON joined by commas. */
export interface StoredHistory {
  events: HistoryEvent[];
  json: string;
}

/** Histories up to this many characters altogether stay in memory between episodes. */
const CACHE_CHARACTERS = 32 * 1024 * 1024;

/** The table of histories, with the histories of the busiest instances kept in memory. */
export function historyTable(db: DatabaseSync) {
  const select = db.prepare('SELECT event FROM history WHERE instance_id = ? ORDER BY position');
  const insert = db.prepare('INSERT INTO history (instance_id, position, event) VALUES (?, ?, ?)');
  const remove = db.prepare('DELETE FROM history WHERE instance_id = ?');
  const cache = new Map<string, StoredHistory>();
  let cached = 0;

  const forget = (instanceId: string) => {
    cached -= cache.get(instanceId)?.json.length ?? 0;
    cache.delete(instanceId);
  };
  const remember = (instanceId: string, history: StoredHistory) => {
    forget(instanceId);
    cache.set(instanceId, history);
    cached += history.json.length;
    for (const oldest of cache.keys()) {
      if (cached <= CACHE_CHARACTERS) break;
      if (oldest !== instanceId) forget(oldest);
    }
  };

  return {
    get(instanceId: string): StoredHistory {
      const hit = cache.get(instanceId);
      if (hit) return hit;
      const texts = select.all(instanceId).map((row) => row.event as string);
      const history = {
        events: texts.map((text) => JSON.parse(text) as HistoryEvent),
        json: texts.join(','),
      };
      remember(instanceId, history);
      return history;
    },

    /** Adds events behind `before`, which must be what `get` returned. */
    append(instanceId: string, before: StoredHistory, events: HistoryEvent[]): void {
      const texts = events.map(playedJson);
      texts.forEach((text, index) => {
        insert.run(instanceId, before.events.length + index, text);
      });
      const json = [before.json, ...texts].filter(Boolean).join(',');
      remember(instanceId, { events: [...before.events, ...events], json });
    },

    remove(instanceId: string): void {
      remove.run(instanceId);
      forget(instanceId);
    },

    /**
     * A transaction that appends to the history of one instance; when it fails,
     * memory forgets that history too.
     */
    transaction<T>(instanceId: string, work: () => T): T {
      try {
        return transaction(db, work);
      } catch (error) {
        forget(instanceId);
        throw error;
      }
    },

    /** Drops the history of an instance that has ended from memory. */
    forget,
  };
}

/** The JSON of an event that a replay has seen. */
function playedJson(event: HistoryEvent): string {
  return JSON.stringify({ ...event, IsPlayed: true });
}
