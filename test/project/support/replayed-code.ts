import { REPLAYED } from './floors';
import type { Import } from './imports';
import type { SourceFiles } from './source-files';
import { type Child, childrenOf, type SyntaxNode, syntaxOf } from './syntax';

/** What comes with the language and says the same each time. Everything else that is global is a fault. */
const HARMLESS_GLOBALS = new Set([
  'Array',
  'Boolean',
  'Buffer',
  'Error',
  'JSON',
  'Map',
  'Number',
  'Object',
  'Set',
  'String',
  'undefined',
]);

/**
 * Packages that orchestrators and what they call may load: the SDK that replays them, and checks of plain
 * values.
 */
const HARMLESS_PACKAGES = new Set(['durable-functions', 'zod']);

/** The files of the replayed rooms, and every file whose code they reach: types leave no code behind. */
export function replayedFiles(files: SourceFiles, imports: Import[]): string[] {
  const isReplayed = (path: string) => REPLAYED.some((room) => path.startsWith(`${room}/`));
  const reached = new Set([...files.keys()].filter(isReplayed));
  for (const path of reached) {
    for (const { from, to, typeOnly } of imports) {
      if (from === path && !typeOnly && files.has(to)) reached.add(to);
    }
  }
  return [...reached].sort();
}

/** What of a file must not be replayed, each with the reason. */
export function replayFaults(path: string, text: string, imports: Import[]): string[] {
  const loads = imports
    .filter(({ from, isPackage, typeOnly }) => from === path && isPackage && !typeOnly)
    .filter(({ to }) => !HARMLESS_PACKAGES.has(to))
    .map(({ to }) => `loads ${to}`);
  return [...loads, ...asked({ node: syntaxOf(text), key: '' })].map((fault) => `${path} ${fault}`);
}

/** Everything that is asked for below a node, and of what is a type alone nothing. */
function asked({ node, parent, key }: Child): string[] {
  if (isType(node, key)) return [];
  const below = [...childrenOf(node)].flatMap(asked);
  const fault = faultOf(node, parent);
  return fault === undefined ? below : [fault, ...below];
}

const isType = ({ type, expression }: SyntaxNode, key: string): boolean =>
  (type.startsWith('Ts') && expression === undefined) ||
  ['typeAnnotation', 'typeParams', 'typeArguments', 'returnType', 'superTypeParams', 'implements'].includes(
    key,
  );

function faultOf(node: SyntaxNode, parent: SyntaxNode | undefined): string | undefined {
  if (node.type === 'AwaitExpression' || node.async === true) return 'waits for a promise';
  if (node.type === 'Import') return 'loads what it names when it runs';
  // Only an identifier that stands for a global is marked so: those of the file have the mark of the module.
  if (node.type !== 'Identifier' || node.ctxt !== 1) return undefined;
  const name = String(node.value);
  const member = parent?.type === 'MemberExpression' && parent.object === node ? nameOf(parent.property) : '';
  if (name === 'Math') return member !== '' && member !== 'random' ? undefined : `asks Math.${member}`;
  if (name === 'Date') return isGivenMoment(node, parent, member) ? undefined : 'asks the clock';
  return HARMLESS_GLOBALS.has(name) ? undefined : `asks ${name}`;
}

/** Reckoning with a moment that it was given, as in `new Date(time)`. */
function isGivenMoment(node: SyntaxNode, parent: SyntaxNode | undefined, member: string): boolean {
  if (member === 'parse' || member === 'UTC') return true;
  const given = (parent?.arguments ?? []) as { spread: unknown }[];
  const isMade = parent?.type === 'NewExpression' && parent.callee === node;
  return isMade && given.length > 0 && given.every(({ spread }) => spread === null);
}

const nameOf = (node: unknown): string => {
  const { type, value } = node as { type?: string; value?: unknown };
  return type === 'Identifier' ? String(value) : '';
};
