const everyTest = require('../../jest.config.js');

/** `npm run simulate:faults`: forty fresh seeds, one after another. */
process.env.BAD_DAYS_SEEDS ??= '40';

module.exports = {
  ...everyTest,
  rootDir: '../..',
  testMatch: ['**/test/simulation/bad-days.test.ts'],
  testPathIgnorePatterns: ['/node_modules/'],
};
