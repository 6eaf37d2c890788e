import { parseSync } from '@swc/core';

/** A node of a syntax tree, as far as it is looked at here. */
export interface SyntaxNode {
  type: string;
  [field: string]: unknown;
}

/** A node where it stands: in which field of which other. */
export interface Child {
  node: SyntaxNode;
  parent?: SyntaxNode;
  key: string;
}

/** The syntax tree of a TypeScript file. */
export const syntaxOf = (text: string): SyntaxNode =>
  parseSync(text, { syntax: 'typescript', target: 'es2023' }) as unknown as SyntaxNode;

/** The nodes right below a node. */
export function* childrenOf(parent: SyntaxNode): Generator<Child> {
  for (const [key, value] of Object.entries(parent)) {
    for (const node of nodesIn(value)) yield { node, parent, key };
  }
}

/** Every node of the syntax tree of a TypeScript file. */
export function* nodesOf(text: string): Generator<SyntaxNode> {
  yield* walk(syntaxOf(text));
}

function* walk(node: SyntaxNode): Generator<SyntaxNode> {
  yield node;
  for (const child of childrenOf(node)) yield* walk(child.node);
}

const isNode = (value: object): value is SyntaxNode => typeof (value as SyntaxNode).type === 'string';

/**
 * The nodes in a field: itself, or those of a list, also where the tree wraps them in objects that are none.
 */
function* nodesIn(value: unknown): Generator<SyntaxNode> {
  if (typeof value !== 'object' || value === null) return;
  if (isNode(value)) yield value;
  else for (const inner of Object.values(value)) yield* nodesIn(inner);
}
