import type { ServedDisk } from '../disk/served-disk';
import { COMMAND, COMMAND_FLAG, ERROR, MAX_PAYLOAD_BYTES } from '../protocol/constants';
import type { Request } from '../protocol/request';
import type { Session } from './handshake';

/** Why a request is refused before anything is done. */
export interface Refusal {
  error: number;
  words: string;
}

/** Commands with a range, and the flags that each knows besides FUA, which any may carry. */
const FLAGS: Readonly<Record<number, number>> = {
  [COMMAND.read]: COMMAND_FLAG.df,
  [COMMAND.write]: 0,
  [COMMAND.trim]: 0,
  [COMMAND.cache]: 0,
  [COMMAND.writeZeroes]: COMMAND_FLAG.noHole,
  [COMMAND.blockStatus]: COMMAND_FLAG.reqOne,
};

const CHANGES: readonly number[] = [COMMAND.write, COMMAND.trim, COMMAND.writeZeroes];
/** One chunk of a reply holds no more. */
export const MAX_WHOLE_BYTES = 4 * 2 ** 20;

const refuse = (error: number, words: string): Refusal => ({ error, words });

/** Why a request of a client may not be done; undefined when it may. */
export function checkRequest(request: Request, session: Session): Refusal | undefined {
  const { command, flags, length } = request;
  if (command === COMMAND.flush) return undefined;
  const known = FLAGS[command];
  if (known === undefined) return refuse(ERROR.invalid, `command ${command} is not known`);
  const { disk } = session.export;
  if (CHANGES.includes(command) && !disk.writes)
    return refuse(ERROR.permission, 'a recovery point is only read');
  if ((flags & ~(known | COMMAND_FLAG.fua)) !== 0)
    return refuse(ERROR.invalid, `command ${command} does not know the flags ${flags}`);
  if (length === 0) return refuse(ERROR.invalid, 'nothing was asked for');
  return checkRange(request, disk) ?? checkForm(request, session);
}

function checkRange({ command, offset, length }: Request, { sizeBytes }: ServedDisk): Refusal | undefined {
  if (offset + length <= sizeBytes) return undefined;
  const words = `${offset}+${length} is beyond the end of a disk of ${sizeBytes} bytes`;
  return refuse(CHANGES.includes(command) ? ERROR.noSpace : ERROR.invalid, words);
}

function checkForm(request: Request, { structured, allocation }: Session): Refusal | undefined {
  const { command, flags, length } = request;
  const hasPayload = command === COMMAND.read || command === COMMAND.write;
  if (hasPayload && length > MAX_PAYLOAD_BYTES)
    return refuse(ERROR.invalid, `at most ${MAX_PAYLOAD_BYTES} bytes at once`);
  if (command === COMMAND.read && (flags & COMMAND_FLAG.df) !== 0) {
    if (!structured) return refuse(ERROR.invalid, 'structured replies were not agreed upon');
    if (length > MAX_WHOLE_BYTES)
      return refuse(ERROR.overflow, `at most ${MAX_WHOLE_BYTES} bytes in one piece`);
  }
  if (command === COMMAND.blockStatus && allocation === undefined)
    return refuse(ERROR.invalid, 'no context was chosen');
  return undefined;
}
