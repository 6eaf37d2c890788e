import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { appendWhole } from '../files/append';

/** One write or removal (value `null`) of one document. Documents are never changed in place. */
export type Change<Tables> = {
  [Name in keyof Tables]: { table: Name; key: string; value: Tables[Name] | null };
}[keyof Tables];

/** JSON documents in named tables, in memory and in a journal. */
export interface DocumentStore<Tables> {
  get<Name extends keyof Tables>(table: Name, key: string): Tables[Name] | undefined;
  list<Name extends keyof Tables>(table: Name): Tables[Name][];
  /** All changes or none, also when the process is killed in between. */
  commit(changes: readonly Change<Tables>[]): void;
  close(): void;
}

/**
 * Opens the store in a folder. Every commit is one line of the journal, written before `commit` returns, so
 * nothing that was answered is lost with the process; a last line that a kill cut off is dropped. The journal
 * is rewritten to the documents that are left each time it is opened.
 */
export function openDocumentStore<Tables>(folder: string): DocumentStore<Tables> {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, 'documents.jsonl');
  const tables = new Map<keyof Tables, Map<string, unknown>>();

  function table(name: keyof Tables): Map<string, unknown> {
    const documents = tables.get(name) ?? new Map<string, unknown>();
    tables.set(name, documents);
    return documents;
  }

  function apply(changes: readonly Change<Tables>[]): void {
    for (const { table: name, key, value } of changes) {
      if (value === null) table(name).delete(key);
      else table(name).set(key, value);
    }
  }

  if (existsSync(path)) for (const line of wholeLines(path)) apply(JSON.parse(line) as Change<Tables>[]);
  compact(path, tables);
  const journal = openSync(path, 'a');

  return {
    get: <Name extends keyof Tables>(name: Name, key: string) =>
      table(name).get(key) as Tables[Name] | undefined,
    list: <Name extends keyof Tables>(name: Name) => [...table(name).values()] as Tables[Name][],
    commit(changes) {
      appendWhole(journal, Buffer.from(`${JSON.stringify(changes)}\n`));
      apply(changes);
    },
    close() {
      closeSync(journal);
    },
  };
}

function wholeLines(path: string): string[] {
  const text = readFileSync(path, 'utf8');
  return text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .filter((line) => line !== '');
}

function compact(path: string, tables: ReadonlyMap<PropertyKey, ReadonlyMap<string, unknown>>): void {
  const lines = [...tables].flatMap(([table, documents]) =>
    [...documents].map(([key, value]) => `${JSON.stringify([{ table, key, value }])}\n`),
  );
  writeFileSync(`${path}.new`, lines.join(''));
  renameSync(`${path}.new`, path);
}
