import { measureGarbage } from './garbage';

/** A process of its own, so that its peak memory is that of one measurement: `garbage-process.js CHUNKS`. */
measureGarbage(Number(process.argv[2])).then(
  (row) => process.send?.(row, () => process.disconnect()),
  (error: unknown) => {
    console.error(error);
    process.exitCode = 1;
    process.disconnect();
  },
);
