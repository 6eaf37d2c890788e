import { posix } from 'node:path';
import type { SourceFiles } from './source-files';
import { nodesOf, type SyntaxNode } from './syntax';

/** One import of a file, in whatever way it is written. */
export interface Import {
  from: string;
  /** A file of the project, or the name of a package. */
  to: string;
  isPackage: boolean;
  /** True where nothing of it is left when the program runs. */
  typeOnly: boolean;
}

/** All imports of all files. */
export const importsOf = (files: SourceFiles): Import[] =>
  [...files].flatMap(([path, text]) => importsOfFile(path, text, files));

/**
 * All imports of one file: `import`, `export … from`, `import()`, `require()`, `import('…').Type`, types too.
 */
export const importsOfFile = (from: string, text: string, files: SourceFiles): Import[] =>
  [...nodesOf(text)].flatMap((node) => {
    const found = specifierOf(node);
    if (found === undefined) return [];
    return [{ from, typeOnly: found.typeOnly, ...resolve(from, found.specifier, files) }];
  });

function specifierOf(node: SyntaxNode): { specifier: string; typeOnly: boolean } | undefined {
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ExportNamedDeclaration':
    case 'ExportAllDeclaration': {
      const specifier = textOf(node.source);
      return specifier === undefined ? undefined : { specifier, typeOnly: isTypeOnly(node) };
    }
    case 'TsImportType':
      return { specifier: textOf(node.argument) ?? '', typeOnly: true };
    case 'TsExternalModuleReference':
      return { specifier: textOf(node.expression) ?? '', typeOnly: false };
    case 'CallExpression': {
      if (!isLoader(node.callee as SyntaxNode)) return undefined;
      const [first] = node.arguments as { expression: SyntaxNode }[];
      return { specifier: textOf(first?.expression) ?? COMPUTED, typeOnly: false };
    }
    case 'TsModuleDeclaration': {
      const specifier = textOf(node.id);
      return specifier === undefined ? undefined : { specifier, typeOnly: true };
    }
    default:
      return undefined;
  }
}

/**
 * `import(…)`, `require(…)`, `require.resolve(…)`, `module.require(…)`, `createRequire(…)`, and the mocks of
 * jest.
 */
function isLoader(callee: SyntaxNode): boolean {
  if (callee.type === 'Import') return true;
  if (callee.type === 'Identifier') return ['require', 'createRequire'].includes(String(callee.value));
  if (callee.type !== 'MemberExpression') return false;
  const { value: of } = callee.object as SyntaxNode;
  const { value: what } = callee.property as SyntaxNode;
  return (
    (of === 'require' && what === 'resolve') ||
    (of === 'module' && what === 'require') ||
    (of === 'jest' && /^(?:mock|doMock|unmock|requireActual|requireMock)$/.test(String(what)))
  );
}

/** What is loaded is known only when the program runs. */
export const COMPUTED = '(computed)';

const textOf = (node: unknown): string | undefined => {
  const literal = node as { type?: string; value?: unknown } | null | undefined;
  if (literal?.type === 'StringLiteral') return String(literal.value);
  const { type, quasis, expressions } = (literal ?? {}) as SyntaxNode;
  const pieces = (quasis ?? []) as { cooked?: string }[];
  return type === 'TemplateLiteral' && (expressions as unknown[]).length === 0
    ? pieces[0]?.cooked
    : undefined;
};

function isTypeOnly({ typeOnly, specifiers }: SyntaxNode): boolean {
  const named = (specifiers ?? []) as { isTypeOnly?: boolean }[];
  return typeOnly === true || (named.length > 0 && named.every((one) => one.isTypeOnly === true));
}

function resolve(from: string, specifier: string, files: SourceFiles): Pick<Import, 'to' | 'isPackage'> {
  if (!specifier.startsWith('.')) {
    const [scope = '', name] = specifier.split('/');
    return { to: scope.startsWith('@') ? `${scope}/${name}` : scope, isPackage: true };
  }
  const path = posix.join(posix.dirname(from), specifier);
  const ways = [path, `${path}.ts`, `${path}/index.ts`, path.replace(/\.js$/, '.ts')];
  return { to: ways.find((way) => files.has(way)) ?? path, isPackage: false };
}
