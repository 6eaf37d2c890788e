import { chmodSync, closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { HostError, messageOf } from '../basics/errors';

/** Grows by one with every change of the tables below; a folder of another version is refused. */
const FORMAT_VERSION = 1;

const TABLES = `
  CREATE TABLE instances (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    execution_id TEXT NOT NULL,
    name TEXT NOT NULL,
    version TEXT NOT NULL,
    status TEXT NOT NULL,
    input TEXT,
    output TEXT,
    custom_status TEXT,
    parent TEXT,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
  );
  CREATE TABLE history (
    instance_id TEXT NOT NULL,
    position INTEGER NOT NULL,
    event TEXT NOT NULL,
    PRIMARY KEY (instance_id, position)
  ) WITHOUT ROWID;
  CREATE TABLE messages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    instance_id TEXT NOT NULL,
    execution_id TEXT,
    type INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    event TEXT NOT NULL
  );
  CREATE INDEX messages_by_instance ON messages (instance_id, due_at);
  CREATE INDEX messages_by_time ON messages (due_at);
  CREATE TABLE activities (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    instance_id TEXT NOT NULL,
    execution_id TEXT NOT NULL,
    task_id INTEGER NOT NULL,
    name TEXT NOT NULL,
    input TEXT NOT NULL
  );
  CREATE TABLE schedules (
    function TEXT PRIMARY KEY,
    last INTEGER,
    next INTEGER NOT NULL,
    updated INTEGER NOT NULL
  );
  CREATE TABLE keys (
    scope TEXT NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (scope, name)
  );
`;

/**
 * Opens (or creates) the database of a state folder and locks it for this host: a second host on the same
 * folder is refused; the lock goes with the process, also when it is killed.
 *
 * Write-ahead log with `synchronous=NORMAL`: a killed process loses nothing that was committed; a power cut
 * may lose the last commits, never the consistency of what remains.
 *
 * @throws HostError when another host uses the folder, or when it has another format version.
 */
export function openDatabase(stateDir: string): DatabaseSync {
  mkdirSync(stateDir, { recursive: true });
  const file = join(stateDir, 'hub.sqlite');
  makePrivate(file);
  const db = new DatabaseSync(file);
  try {
    db.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;');
    db.exec('BEGIN IMMEDIATE');
    const version = db.prepare('PRAGMA user_version').get()?.user_version;
    if (version === 0) db.exec(`${TABLES} PRAGMA user_version = ${FORMAT_VERSION};`);
    else if (version !== FORMAT_VERSION) throw foreignFormat(stateDir, version);
    db.exec('COMMIT');
    return db;
  } catch (error) {
    db.close();
    throw isLocked(error) ? inUse(stateDir, error) : error;
  }
}

/** The keys lie in it; SQLite gives the files that it makes beside a database the rights of the database. */
function makePrivate(file: string): void {
  closeSync(openSync(file, 'a', 0o600));
  chmodSync(file, 0o600);
}

/** Runs `work` in one transaction: all of its writes, or none. */
export function transaction<T>(db: DatabaseSync, work: () => T): T {
  db.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    db.exec('COMMIT');
    return result;
  } catch (error) {
    // SQLite has done it by itself when the disk is full.
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

function isLocked(error: unknown): boolean {
  return /database is locked/.test(messageOf(error));
}

function inUse(stateDir: string, cause: unknown): HostError {
  return new HostError(
    `Another functions host uses the state folder ${stateDir}.`,
    'Stop it, or give this host a folder of its own.',
    { cause },
  );
}

function foreignFormat(stateDir: string, version: unknown): HostError {
  return new HostError(
    `The state folder ${stateDir} has format ${version}; this host writes format ${FORMAT_VERSION}.`,
    'Use the version of the host that wrote it, or another folder.',
  );
}
