// Lets Node run this folder's TypeScript sources in a thread, for tests: compiled code never needs it.
// Node strips the types itself; only the imports without a file ending need help.
import { registerHooks } from 'node:module';

const HERE = new URL('..', import.meta.url).href;

registerHooks({
  resolve(specifier, context, next) {
    if (specifier.startsWith('.') && context.parentURL?.startsWith(HERE)) {
      return { ...next(`${specifier}.ts`, context), format: 'module-typescript' };
    }
    return next(specifier, context);
  },
  load(url, context, next) {
    return next(
      url,
      url.startsWith(HERE) && url.endsWith('.ts') ? { ...context, format: 'module-typescript' } : context,
    );
  },
});
