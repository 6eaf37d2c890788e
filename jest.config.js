const path = require('node:path');

// Many tests start programs of this repository, which load the same packages each time.
process.env.NODE_COMPILE_CACHE ??= path.join(__dirname, 'node_modules', '.cache', 'tests');

/** Tests run on the TypeScript sources; the compiled app in dist/ is what the local functions host loads. */
module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  // By a command of its own, `npm run simulate:faults`: it takes many seeds, and long.
  testPathIgnorePatterns: ['/node_modules/', 'test/simulation/bad-days'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { target: 'es2023', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } },
    ],
  },
  // Ends what hangs, and nothing else: no test is too slow on a machine that is busy with something else.
  testTimeout: 600_000,
  maxWorkers: 2,
};
