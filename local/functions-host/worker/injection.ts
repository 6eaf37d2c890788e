import { registerHooks } from 'node:module';

const CORE = '@azure/functions-core';
const URL = 'functions-host:core';
const GLOBAL = Symbol.for('functions-host.core');

/**
 * Makes `require('@azure/functions-core')` and `import` of it answer `exports` in this thread. The package
 * exists nowhere: the Functions host supplies it. Must come before the app loads, because `@azure/functions`
 * remembers for good that it was not there.
 */
export function injectCore(exports: Record<string, unknown>): void {
  (globalThis as Record<symbol, unknown>)[GLOBAL] = exports;
  registerHooks({
    resolve: (specifier, context, next) =>
      specifier === CORE ? { url: URL, format: 'commonjs', shortCircuit: true } : next(specifier, context),
    load: (url, context, next) =>
      url === URL
        ? {
            format: 'commonjs',
            source: `module.exports = globalThis[Symbol.for('${GLOBAL.description}')];`,
            shortCircuit: true,
          }
        : next(url, context),
  });
}
