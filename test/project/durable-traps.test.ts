import { readSourceFiles } from './support/source-files';

// What the Durable extension does otherwise than one would think has one home in the app.

const app = [...readSourceFiles()].filter(([file]) => file.startsWith('src/'));
const filesThatCall = (name: string) =>
  app.filter(([, text]) => new RegExp(`\\.${name}\\(`).test(text)).map(([file]) => file);

test('durable timers, which fire up to a second early, are made in one place', () => {
  expect(filesThatCall('createTimer')).toEqual(['src/orchestration/steps/durable-timer.ts']);
});

test('many instances at once, of which a purge without a state takes the running ones too, are purged in one place', () => {
  expect(filesThatCall('purgeInstanceHistoryBy')).toEqual(['src/orchestration/client/purge-ended.ts']);
});
