const everyTest = require('../../jest.config.js');

/** `npm run test:engine`: what needs the published Durable extension, and so .NET. */
module.exports = {
  ...everyTest,
  rootDir: '../..',
  testMatch: ['**/test/conformance/**/*.engine.ts'],
};
