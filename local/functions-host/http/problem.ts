import { json, type Response } from './exchange';

/** What this host itself refuses or fails at; what the app answers goes out as it is. */
const PROBLEMS = {
  RequestMalformed: [400, 'The request is no HTTP', 'Send a request that HTTP/1.1 allows.'],
  AddressUnreadable: [400, 'The address cannot be decoded', 'Encode its path as UTF-8, percent by percent.'],
  InputRefused: [
    400,
    'The function cannot be run so',
    'Send {"input": "text"}; orchestrators are started by clients.',
  ],
  KeyMissing: [
    401,
    'A key is missing or wrong',
    'Send one that opens this address in x-functions-key or as ?code=.',
  ],
  WebPageRefused: [
    403,
    'Web pages may not call this host',
    'Use a page of this host itself, or a program that is no browser, by the address that the host printed.',
  ],
  NoSuchAddress: [404, 'There is no such address', 'Use a route of the app, with a method that it has.'],
  RequestTooSlow: [408, 'The request took too long', 'Send it again.'],
  BodyTooLarge: [413, 'The body of the request is too large', 'Send a smaller one.'],
  HeadersTooLarge: [431, 'Address and headers are too large', 'Send less than 16 KiB of both.'],
  DurableRequestRefused: [400, 'The durable API refused the request', 'Correct what the detail names.'],
  FunctionFailed: [500, 'The function failed', 'Look at the log of the functions host.'],
  HostFailed: [500, 'The functions host failed', 'Look at the log of the functions host.'],
  DiskFull: [507, 'The disk of the functions host is full', 'Make room on it, then repeat the request.'],
} as const;
export type ProblemCode = keyof typeof PROBLEMS;

/** A problem document (RFC 9457) with a code and a remedy. `also` are further members of it. */
export function problem(
  code: ProblemCode,
  detail: string,
  { status = PROBLEMS[code][0] as number, ...also }: { status?: number; [member: string]: unknown } = {},
): Response {
  const [, title, remedy] = PROBLEMS[code];
  const document = { status, code, title, detail, remedy, ...also };
  return json(status, document, { 'content-type': 'application/problem+json' });
}

export const noSuchAddress = (method: string, path: string): Response =>
  problem('NoSuchAddress', `There is no ${method} ${JSON.stringify(cut(path))}.`);

const MOST_CHARACTERS = 100;

/** What somebody else wrote, short enough to be repeated. */
export const cut = (text: string): string =>
  text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text;
