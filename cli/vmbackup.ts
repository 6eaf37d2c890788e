// Where the bundle begins: everything else is imported, nothing is decided here.
import { isMainThread } from 'node:worker_threads';

if (isMainThread) void (require('./program') as typeof import('./program')).run(process.argv.slice(2));
// Threads that read a vault run the same file, and of it only this.
else require('./direct/codec-thread');
