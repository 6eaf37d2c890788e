import { stateFolder } from '../../local/start/paths';
import { StartRefused } from '../../local/start/start-refused';
import { type Addresses, readRunning } from '../../local/start/state-folder';

/** Where the system that runs on a state folder answers. Throws `StartRefused` when none does. */
export function findRunningSystem(state: string): Addresses {
  const dir = stateFolder(state);
  const running = readRunning(dir);
  if (!running)
    throw new StartRefused(
      `Nothing runs on ${dir}.`,
      'Start it with npm start, or name its folder with --state.',
    );
  if (!running.addresses)
    throw new StartRefused(`The system on ${dir} is still starting.`, 'Try again in a moment.');
  return running.addresses;
}
