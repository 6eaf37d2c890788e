import { HostError } from '../basics/errors';
import { constraint } from './constraints';

/** A route template that has been read. */
export interface Route {
  /** The values of the parameters when the path fits, otherwise undefined. @param path decoded segments. */
  match(path: string[]): Record<string, string> | undefined;
}

type Part = { literal: string } | Parameter;
interface Parameter {
  name: string;
  optional: boolean;
  byDefault: string | undefined;
  catchAll: boolean;
  fits(value: string): boolean;
}

/**
 * Reads an ASP.NET route template: literals, `{x}`, `{x?}`, `{x=default}`, `{x:constraint}` and `{*rest}`.
 * Literals match in any case. A segment is a literal or one parameter.
 * @throws HostError when the template is none.
 */
export function parseRoute(template: string): Route {
  const parts = splitSegments(template).map((segment) => parsePart(segment, template));
  return {
    match(path) {
      const values: Record<string, string> = {};
      for (const [index, part] of parts.entries()) {
        if ('catchAll' in part && part.catchAll) {
          const rest = path.slice(index).join('/');
          if (rest) values[part.name] = rest;
          return values;
        }
        const segment = path[index];
        if ('literal' in part) {
          if (segment?.toLowerCase() !== part.literal.toLowerCase()) return undefined;
        } else if (!take(part, segment, values)) return undefined;
      }
      return path.length > parts.length ? undefined : values;
    },
  };
}

function take(part: Parameter, segment: string | undefined, values: Record<string, string>): boolean {
  const value = segment ?? part.byDefault;
  if (value === undefined) return part.optional;
  if (!part.fits(value)) return false;
  values[part.name] = value;
  return true;
}

/** Splits at slashes, but not inside braces: a regular expression may hold some. */
function splitSegments(template: string): string[] {
  const segments: string[] = [];
  let depth = 0;
  let current = '';
  for (const character of template) {
    if (character === '{') depth++;
    if (character === '}') depth--;
    if (character === '/' && depth === 0) {
      segments.push(current);
      current = '';
    } else current += character;
  }
  segments.push(current);
  return segments.filter(Boolean);
}

function parsePart(segment: string, template: string): Part {
  if (!segment.includes('{')) return { literal: segment };
  const body = /^\{(.+)\}$/.exec(segment)?.[1];
  const parameter =
    body && /^(\*{0,2})([A-Za-z_][\w-]*)((?::[^=]*?(?:\(.*\))?)*)(?:=([^}]*)|(\?))?$/.exec(body);
  if (!parameter) {
    throw new HostError(
      `The route "${template}" has a segment that this host cannot read: "${segment}".`,
      'Write a segment as text or as one {parameter}.',
    );
  }
  const [, stars = '', name = '', constraints = '', byDefault, optional] = parameter;
  const checks = splitConstraints(constraints).map((text) => constraint(text, template));
  return {
    name,
    optional: optional !== undefined,
    byDefault,
    catchAll: stars !== '',
    fits: (value) => checks.every((check) => check(value)),
  };
}

/** `:int:min(1)` to `int`, `min(1)`; colons inside parentheses belong to the argument. */
function splitConstraints(text: string): string[] {
  const constraints: string[] = [];
  let depth = 0;
  for (const character of text) {
    if (character === '(') depth++;
    if (character === ')') depth--;
    if (character === ':' && depth === 0) constraints.push('');
    else constraints.push((constraints.pop() ?? '') + character);
  }
  return constraints.filter(Boolean);
}
