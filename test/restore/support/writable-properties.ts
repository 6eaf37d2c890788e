import path from 'node:path';

/**
 * Every property that the shipped SDK would write, as paths on the wire: its own serializers are run on
 * something that has everything.
 */
export function writableProperties(models: string, serializer: string): string[] {
  const file = path.join(
    process.cwd(),
    'node_modules/@azure/arm-compute/dist/commonjs/models',
    models,
    'models.js',
  );
  return leaves(require(file)[serializer](everything()), '');
}

const EVERYTHING = Symbol('everything');

/** Answers whatever is asked of it with more of the same. */
function everything(): unknown {
  return new Proxy(() => 'x', {
    get(_target, key) {
      if (key === EVERYTHING) return true;
      if (key === 'map') return (change: (element: unknown) => unknown) => [change(everything())];
      return typeof key === 'symbol' ? undefined : everything();
    },
  });
}

function leaves(value: unknown, at: string): string[] {
  if (typeof value === 'function') return [at];
  if (Array.isArray(value)) return leaves(value[0], `${at}[]`);
  if (typeof value !== 'object' || value === null) return [];
  const entries = Object.entries(value);
  return entries.length === 0
    ? [at]
    : entries.flatMap(([name, child]) => leaves(child, at === '' ? name : `${at}.${name}`));
}
