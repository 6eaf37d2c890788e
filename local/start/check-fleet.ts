import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type Fleet, parseFleet } from '../compute-emulator/fleet/fleet';
import { FleetError, type FleetErrorCode } from '../compute-emulator/fleet/fleet-error';
import { StartRefused } from './start-refused';

const REMEDY: Record<FleetErrorCode, string> = {
  unparsable:
    'Write it as JSON: {"vms":[{"name":"web-1","os":"Linux","disks":[{"lun":-1,"image":"os.img"}]}]}; ' +
    'or name a file that az vm list -o json wrote.',
  'not-raw': 'Run that command, and name the raw image that it makes.',
  'missing-image':
    'Image paths start from the folder of the fleet file; name a raw disk image that is there.',
  'invalid-size': 'Pad the image to whole sectors: truncate --size=%512 IMAGE.',
  'duplicate-vm': 'Give each VM of a resource group a name of its own; upper and lower case are the same.',
  'duplicate-lun': 'Give each disk of a VM a lun of its own.',
  'unknown-os': 'Say "Linux" or "Windows".',
  'no-os-disk': 'Give one disk the lun -1: it is the OS disk.',
  'unknown-field': 'Correct the name of the field, or leave it out.',
  'invalid-field': 'Correct the value of the field.',
};

/**
 * Reads a fleet file before anything is started. Throws `StartRefused` that names the file, the
 * VM, the field and the way out.
 */
export function checkFleet(file: string): Fleet {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new StartRefused(`The fleet file ${file} cannot be read.`, 'Check the path given with --fleet.', {
      cause: error,
    });
  }
  try {
    return parseFleet(text, path.dirname(path.resolve(file)));
  } catch (error) {
    if (!(error instanceof FleetError)) throw error;
    throw new StartRefused(`${file}: ${error.message}`, REMEDY[error.code], { cause: error });
  }
}
