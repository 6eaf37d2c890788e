const everyTest = require('../../jest.config.js');

/** `npm run simulate`: ninety days of a larger fleet. Every test run takes a part of it that has all that happens. */
process.env.SIMULATION_DAYS ??= '90';
process.env.SIMULATION_VMS ??= '20';

module.exports = {
  ...everyTest,
  rootDir: '../..',
  testMatch: ['**/test/simulation/ninety-days.test.ts'],
};
