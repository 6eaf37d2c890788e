import { promisesOfDemo } from './support/demo-promises';

// The whole process on three workers, of which some are killed with -9 in the middle of activities.

/** Activities that every demo runs so often that the worker that lives on never gets them all. */
const KILLED_IN = ['takeSnapshot', 'transferDiskPart', 'createRestoreDisk'];
/** With `npm run test:engine -- --kills 10`. */
const AND_IN = [
  ...['openDiskAccess', 'completeDiskTransfer', 'commitRecoveryPoint', 'restoreDiskPart'],
  ...['finishDiskRestore', 'closeDiskAccess', 'endJob'],
];
const kills = [...KILLED_IN, ...AND_IN].slice(0, Number(process.env.KILLS ?? KILLED_IN.length));

describe(`the demo on three workers, killed in ${kills.join(', ')}`, () => promisesOfDemo(kills));
