import type { LogLevel } from '../basics/log';

/** A value on its way between host and function, as the worker contract types it. */
export interface TypedData {
  string?: string;
  json?: string;
  bytes?: Uint8Array;
  int?: number;
  double?: number;
  http?: HttpData;
}

const MOST = 2n ** 63n - 1n;
const LEAST = -(2n ** 63n);

/**
 * The text of a whole number of typed data. The worker's protocol has 64 bits for it, the SDK any number
 * without a fraction (1e21): what does not fit becomes the nearest that does.
 */
export function wholeNumber(int: number): string {
  const whole = BigInt(int);
  if (whole > MOST) return String(MOST);
  return String(whole < LEAST ? LEAST : whole);
}

/** An HTTP request (`url`, `method`, nullable fields) or response (`statusCode`, `headers`, `cookies`). */
export interface HttpData {
  url?: string;
  method?: string;
  nullableHeaders?: Record<string, { value: string }>;
  nullableQuery?: Record<string, { value: string }>;
  nullableParams?: Record<string, { value: string }>;
  /** A number written as text. */
  statusCode?: string;
  headers?: Record<string, string>;
  cookies?: HttpCookie[];
  enableContentNegotiation?: boolean;
  body?: TypedData | null;
}

export interface HttpCookie {
  name: string;
  value: string;
  domain?: { value: string };
  path?: { value: string };
  expires?: { value: { seconds: number } };
  secure?: { value: boolean };
  httpOnly?: { value: boolean };
  sameSite?: string | number;
  maxAge?: { value: number };
}

export interface Binding {
  type: string;
  direction: 'in' | 'out' | 'inout';
  [setting: string]: unknown;
}

/** What an app registers for one function. */
export interface FunctionMetadata {
  name: string;
  functionId?: string;
  bindings: Record<string, Binding>;
  retryOptions?: Record<string, unknown>;
}

export interface RetryContext {
  retryCount: number;
  maxRetryCount: number;
  exception?: { source?: string; stackTrace?: string; message?: string };
}

export interface Invocation {
  invocationId: string;
  functionName: string;
  inputData: { name: string; data: TypedData }[];
  triggerMetadata: Record<string, TypedData>;
  retryContext?: RetryContext;
}

export interface InvocationResponse {
  outputData?: { name: string; data: TypedData }[];
  returnValue?: TypedData | null;
}

/** What an app's thread is started with. */
export interface ThreadData {
  directory: string;
  /** Absolute paths. */
  entryPoints: string[];
}

export type ToThread = { type: 'invoke'; invocation: Invocation } | { type: 'stop' };

export type FromThread =
  | { type: 'ready'; functions: FunctionMetadata[]; httpUri?: string }
  | { type: 'failed'; message: string; stack?: string }
  | { type: 'result'; invocationId: string; response: InvocationResponse }
  | { type: 'error'; invocationId: string; message: string; stack?: string }
  | { type: 'log'; level: LogLevel; source: string; message: string }
  | { type: 'stopped' };
