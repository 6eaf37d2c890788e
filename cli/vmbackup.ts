// Where the bundle begins: everything else is imported, nothing is decided here.
import { run } from './program';

void run(process.argv.slice(2));
