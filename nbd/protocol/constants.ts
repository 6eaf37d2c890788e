/**
 * The numbers of the NBD protocol, as its specification gives them ("The NBD protocol", doc/proto.md of the
 * nbd project). All numbers travel in network byte order.
 */
export const MAGIC = {
  /** `NBDMAGIC` */
  greeting: 0x4e42444d41474943n,
  /** `IHAVEOPT` */
  option: 0x49484156454f5054n,
  optionReply: 0x0003e889045565a9n,
  request: 0x25609513,
  simpleReply: 0x67446698,
  structuredReply: 0x668e33ef,
} as const;

/** Of the greeting: the server's, and the same bits of the client's answer. */
export const HANDSHAKE = { fixedNewstyle: 1, noZeroes: 2 } as const;

export const OPTION = {
  exportName: 1,
  abort: 2,
  list: 3,
  startTls: 5,
  info: 6,
  go: 7,
  structuredReply: 8,
  listMetaContext: 9,
  setMetaContext: 10,
} as const;

const ERROR_BIT = 0x8000_0000;

/** Types of the answers to an option. */
export const OPTION_REPLY = {
  ack: 1,
  server: 2,
  info: 3,
  metaContext: 4,
  unsupported: ERROR_BIT + 1,
  policy: ERROR_BIT + 2,
  invalid: ERROR_BIT + 3,
  unknown: ERROR_BIT + 6,
  tooBig: ERROR_BIT + 9,
} as const;

/** What `INFO` and `GO` tell of an export. */
export const INFO = { export: 0, name: 1, description: 2, blockSize: 3 } as const;

/** Of an export: what the client may ask of it. */
export const TRANSMISSION = {
  hasFlags: 1 << 0,
  readOnly: 1 << 1,
  flush: 1 << 2,
  fua: 1 << 3,
  trim: 1 << 5,
  writeZeroes: 1 << 6,
  df: 1 << 7,
  multiConn: 1 << 8,
  cache: 1 << 10,
} as const;

export const COMMAND = {
  read: 0,
  write: 1,
  disconnect: 2,
  flush: 3,
  trim: 4,
  cache: 5,
  writeZeroes: 6,
  blockStatus: 7,
} as const;

export const COMMAND_FLAG = { fua: 1, noHole: 2, df: 4, reqOne: 8 } as const;

export const CHUNK = {
  none: 0,
  offsetData: 1,
  offsetHole: 2,
  blockStatus: 5,
  error: 0x8001,
  errorOffset: 0x8002,
} as const;

/** Error values of replies; those of POSIX. */
export const ERROR = {
  none: 0,
  permission: 1,
  io: 5,
  invalid: 22,
  noSpace: 28,
  overflow: 75,
} as const;

/** `base:allocation`: a hole that reads as zeros, or data. */
export const STATE = { data: 0, hole: 3 } as const;

/** "Size constraints": any byte can be asked for; whole chunks of the vault are what is cheapest. */
export const BLOCK_SIZE = { minimum: 1, preferred: 4 * 2 ** 20, writablePreferred: 4096 } as const;

/** Most bytes of one READ or WRITE. */
export const MAX_PAYLOAD_BYTES = 32 * 2 ** 20;

/** A string of the protocol is no longer than this. */
export const MAX_STRING_BYTES = 4096;

export const BASE_ALLOCATION = 'base:allocation';
