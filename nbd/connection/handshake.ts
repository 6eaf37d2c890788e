import {
  BASE_ALLOCATION,
  HANDSHAKE,
  INFO,
  MAGIC,
  MAX_STRING_BYTES,
  OPTION,
  OPTION_REPLY,
} from '../protocol/constants';
import {
  blockSizeInfo,
  contextReply,
  exportInfo,
  exportNameReply,
  greeting,
  listedExport,
  optionReply,
  textInfo,
} from '../protocol/handshake-messages';
import {
  type ContextRequest,
  parseContextRequest,
  parseInfoRequest,
  parseName,
} from '../protocol/option-data';
import { type Export, findExport, transmissionFlags } from './export';
import type { Peer } from './peer';

/** What a client and the server have agreed upon. */
export interface Session {
  export: Export;
  structured: boolean;
  /** The id of `base:allocation` in replies, where the client chose it. */
  allocation?: number;
}

/** More data than any option needs is passed over and refused; still more is no client of this protocol. */
const MAX_OPTION_BYTES = 64 * 1024;
const MAX_SKIPPED_BYTES = 2 ** 20;
/** Nobody needs so many to say what it wants. */
const MAX_OPTIONS = 4096;
const ALLOCATION_ID = 1;

interface Haggling {
  peer: Peer;
  exports: readonly Export[];
  noZeroes: boolean;
  structured: boolean;
  /** The export that the chosen context is for. */
  contextOf?: string;
}

type Step = 'next' | 'close' | Session;

/**
 * Speaks fixed newstyle with a client until it has chosen an export; undefined when it left, or broke the
 * rules.
 */
export async function shakeHands(peer: Peer, exports: readonly Export[]): Promise<Session | undefined> {
  peer.send(greeting());
  const flags = (await peer.read(4))?.readUInt32BE(0);
  const known = HANDSHAKE.fixedNewstyle | HANDSHAKE.noZeroes;
  if (flags === undefined || (flags & ~known) !== 0) return undefined;
  const haggling: Haggling = {
    peer,
    exports,
    noZeroes: (flags & HANDSHAKE.noZeroes) !== 0,
    structured: false,
  };
  for (let options = 0; options < MAX_OPTIONS; options += 1) {
    const step = await answerOption(haggling);
    if (step === 'close') return undefined;
    if (step !== 'next') return step;
  }
  return undefined;
}

async function answerOption(haggling: Haggling): Promise<Step> {
  const { peer } = haggling;
  const head = await peer.read(16);
  if (!head || head.readBigUInt64BE(0) !== MAGIC.option) return 'close';
  const option = head.readUInt32BE(8);
  const length = head.readUInt32BE(12);
  if (length > MAX_OPTION_BYTES) {
    if (length > MAX_SKIPPED_BYTES || option === OPTION.exportName || !(await peer.skip(length)))
      return 'close';
    peer.send(optionReply(option, OPTION_REPLY.tooBig, 'no option needs so much'));
    return 'next';
  }
  const data = await peer.read(length);
  return data ? answer(haggling, option, data) : 'close';
}

function answer(haggling: Haggling, option: number, data: Buffer): Step {
  const { peer } = haggling;
  const reply = (type: number, words = ''): Step => {
    peer.send(optionReply(option, type, words));
    return 'next';
  };
  switch (option) {
    case OPTION.exportName:
      return chooseByName(haggling, data);
    case OPTION.abort:
      reply(OPTION_REPLY.ack);
      return 'close';
    case OPTION.list:
      if (data.length > 0) return reply(OPTION_REPLY.invalid, 'a list takes no data');
      for (const { name } of haggling.exports) peer.send(listedExport(option, name));
      return reply(OPTION_REPLY.ack);
    case OPTION.structuredReply:
      if (data.length > 0) return reply(OPTION_REPLY.invalid, 'structured replies take no data');
      haggling.structured = true;
      return reply(OPTION_REPLY.ack);
    case OPTION.info:
    case OPTION.go:
      return tellOrGo(haggling, option, data);
    case OPTION.listMetaContext:
    case OPTION.setMetaContext:
      return answerContexts(haggling, option, data);
    case OPTION.startTls:
      return reply(OPTION_REPLY.policy, 'what is served stays on this machine and is not encrypted');
    default:
      return reply(OPTION_REPLY.unsupported);
  }
}

/** The option of old, which cannot be refused but by closing. */
function chooseByName(haggling: Haggling, data: Buffer): Step {
  const name = data.length <= MAX_STRING_BYTES ? parseName(data) : undefined;
  const chosen = name === undefined ? undefined : findExport(haggling.exports, name);
  if (!chosen) return 'close';
  const flags = transmissionFlags(chosen.disk, haggling.structured);
  haggling.peer.send(exportNameReply(chosen.disk.sizeBytes, flags, !haggling.noZeroes));
  return sessionOf(haggling, chosen);
}

function tellOrGo(haggling: Haggling, option: number, data: Buffer): Step {
  const { peer, exports, structured } = haggling;
  const asked = parseInfoRequest(data);
  if (!asked) {
    peer.send(optionReply(option, OPTION_REPLY.invalid, 'its lengths contradict each other'));
    return 'next';
  }
  const chosen = findExport(exports, asked.name);
  if (!chosen) {
    peer.send(optionReply(option, OPTION_REPLY.unknown, 'there is no such export'));
    return 'next';
  }
  const { disk, name, description } = chosen;
  peer.send(exportInfo(option, disk.sizeBytes, transmissionFlags(disk, structured)));
  peer.send(blockSizeInfo(option, disk.writes !== undefined));
  if (asked.wants.includes(INFO.name)) peer.send(textInfo(option, INFO.name, name));
  if (asked.wants.includes(INFO.description)) peer.send(textInfo(option, INFO.description, description));
  peer.send(optionReply(option, OPTION_REPLY.ack));
  return option === OPTION.go ? sessionOf(haggling, chosen) : 'next';
}

function answerContexts(haggling: Haggling, option: number, data: Buffer): Step {
  const { peer, exports, structured } = haggling;
  const sets = option === OPTION.setMetaContext;
  // Whatever comes of it, what was chosen before does not count any more.
  if (sets) haggling.contextOf = undefined;
  const asked = structured ? parseContextRequest(data) : undefined;
  if (!asked) {
    const words = structured ? 'its lengths contradict each other' : 'structured replies come first';
    peer.send(optionReply(option, OPTION_REPLY.invalid, words));
    return 'next';
  }
  const chosen = findExport(exports, asked.name);
  if (!chosen) {
    peer.send(optionReply(option, OPTION_REPLY.unknown, 'there is no such export'));
    return 'next';
  }
  if (meansAllocation(asked, sets)) {
    peer.send(contextReply(option, sets ? ALLOCATION_ID : 0, BASE_ALLOCATION));
    if (sets) haggling.contextOf = chosen.name;
  }
  peer.send(optionReply(option, OPTION_REPLY.ack));
  return 'next';
}

/** A list may ask for a namespace or for everything; what is set has to be named. */
function meansAllocation({ queries }: ContextRequest, sets: boolean): boolean {
  if (queries.includes(BASE_ALLOCATION)) return true;
  return !sets && (queries.length === 0 || queries.includes('base:'));
}

const sessionOf = ({ structured, contextOf }: Haggling, chosen: Export): Session => ({
  export: chosen,
  structured,
  allocation: contextOf === chosen.name ? ALLOCATION_ID : undefined,
});
