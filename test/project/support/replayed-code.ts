import { isBuiltin } from 'node:module';
import { REPLAYED } from './floors';
import type { Import } from './imports';
import type { SourceFiles } from './source-files';
import { nodesOf, type SyntaxNode } from './syntax';

/** What gives another answer each time, or does something outside. A clock that is asked for a given moment is none. */
const FORBIDDEN_GLOBALS = new Set([
  'process',
  'performance',
  'crypto',
  'fetch',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'queueMicrotask',
  'globalThis',
]);
const FORBIDDEN_CALLS = new Set([
  'Date.now',
  'Math.random',
  'DateTime.now',
  'DateTime.local',
  'DateTime.utc',
]);

/** Packages that orchestrators and what they call may load: the SDK that replays them, and checks of plain values. */
const HARMLESS_PACKAGES = new Set(['durable-functions', 'zod', 'luxon']);

/** The files of the replayed rooms, and every file whose code they reach: types leave no code behind. */
export function replayedFiles(files: SourceFiles, imports: Import[]): string[] {
  const reached = new Set(
    [...files.keys()].filter((path) => REPLAYED.some((room) => path.startsWith(`${room}/`))),
  );
  for (const path of reached) {
    for (const { from, to, typeOnly } of imports)
      if (from === path && !typeOnly && files.has(to)) reached.add(to);
  }
  return [...reached].sort();
}

/** What of a file must not be replayed, each with the reason. */
export function replayFaults(path: string, text: string, imports: Import[]): string[] {
  const loads = imports
    .filter(({ from, isPackage, typeOnly }) => from === path && isPackage && !typeOnly)
    .filter(({ to }) => isBuiltin(to) || !HARMLESS_PACKAGES.has(to))
    .map(({ to }) => `loads ${to}`);
  const asks = [...nodesOf(text)].flatMap(asked).map((what) => `asks ${what}`);
  return [...loads, ...asks].map((fault) => `${path} ${fault}`);
}

function asked(node: SyntaxNode): string[] {
  if (node.type === 'NewExpression') {
    const isNow = nameOf(node.callee) === 'Date' && ((node.arguments as unknown[] | null) ?? []).length === 0;
    return isNow ? ['the clock'] : [];
  }
  if (node.type === 'MemberExpression') {
    const name = `${nameOf(node.object)}.${nameOf(node.property)}`;
    return FORBIDDEN_CALLS.has(name) ? [name] : [];
  }
  // Only an identifier that stands for a global is marked so: those of the file have the mark of the module.
  const isGlobal = node.type === 'Identifier' && node.ctxt === 1;
  return isGlobal && FORBIDDEN_GLOBALS.has(String(node.value)) ? [String(node.value)] : [];
}

const nameOf = (node: unknown): string => {
  const { type, value } = node as { type?: string; value?: unknown };
  return type === 'Identifier' ? String(value) : '';
};
