const everyTest = require('../../jest.config.js');

/** `npm run simulate:faults`: forty seeds. Every test run takes a fresh one. */
process.env.BAD_DAYS_SEEDS ??= '40';

module.exports = { ...everyTest, rootDir: '../..', testMatch: ['**/test/simulation/bad-days.test.ts'] };
