import { type DataPathTask, runDataPath } from './data-path';

/**
 * The process of its own in which the data path is measured, as activities have one: it has loaded its
 * modules when it is told what to do, and it does one thing, so that its processor time and its peak memory
 * are that thing's.
 */
process.once('message', (task: DataPathTask) => {
  const before = process.cpuUsage();
  runDataPath(task).then(
    (result) => {
      const { user, system } = process.cpuUsage(before);
      const usage = { cpuSeconds: (user + system) / 1e6, peakBytes: process.resourceUsage().maxRSS * 1024 };
      process.send?.({ result, usage }, () => process.disconnect());
    },
    (error: unknown) => {
      process.send?.({ error: error instanceof Error ? error.stack : String(error) }, () =>
        process.disconnect(),
      );
    },
  );
});
process.send?.({ ready: true });
