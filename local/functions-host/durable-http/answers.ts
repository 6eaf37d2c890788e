import { json, type Response } from '../http/exchange';
import type { Refusal } from '../hub/client';

// The answers of the Durable extension (3.19.0) for what it does not do, word for word: bodies are what
// clients look into.

/** An answer without a body: unknown addresses and instances, and instances that have ended. */
export const nothing = (status: number): Response => ({ status });

/** Why a request was turned down. */
export const refusedWith = (status: number, message: string): Response => json(status, { Message: message });

/** The same as a bare JSON text, as some parts of the extension answer. */
export const said = (status: number, message: string): Response => json(status, message);

/** An exception of the extension, as its answers show one; it has been thrown nowhere here. */
export const thrown = (status: number, message: string, type: string, exception: string): Response =>
  json(status, {
    Message: message,
    ExceptionMessage: exception,
    ExceptionType: type,
    StackTrace: '',
  });

/** A body that is no JSON; why, in the words of whoever has tried to read it. */
export const invalidJson = (why: string): Response =>
  thrown(400, 'Invalid JSON content', 'Newtonsoft.Json.JsonReaderException', why);

export const aliveText = (status: string): string =>
  `An Orchestration instance with the status ${status} already exists.`;

/** 202, unless the hub has refused. */
export function accepted(refusal: Refusal | undefined, verb: string, id: string, status = ''): Response {
  switch (refusal) {
    case undefined:
      return nothing(202);
    case 'finished':
      return nothing(410);
    case 'wrongState':
      return thrown(
        500,
        'Something went wrong while processing your request',
        'System.InvalidOperationException',
        `Cannot ${verb} the orchestration instance ${id} because instance is in the ${status} state.`,
      );
    default:
      return nothing(404);
  }
}
