import { parseSync } from '@swc/core';

/** A node of a syntax tree, as far as it is looked at here. */
export interface SyntaxNode {
  type: string;
  [field: string]: unknown;
}

const isNode = (value: unknown): value is SyntaxNode =>
  typeof value === 'object' && value !== null && typeof (value as SyntaxNode).type === 'string';

/** Every node of the syntax tree of a TypeScript file. */
export function* nodesOf(text: string): Generator<SyntaxNode> {
  yield* walk(parseSync(text, { syntax: 'typescript', target: 'es2023' }).body);
}

function* walk(value: unknown): Generator<SyntaxNode> {
  if (Array.isArray(value)) {
    for (const item of value) yield* walk(item);
  } else if (typeof value === 'object' && value !== null) {
    if (isNode(value)) yield value;
    for (const child of Object.values(value)) if (typeof child === 'object') yield* walk(child);
  }
}
