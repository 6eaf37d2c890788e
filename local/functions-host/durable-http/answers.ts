import type { Response } from '../http/exchange';
import { cut, problem } from '../http/problem';
import type { Refusal } from '../hub/client';

/**
 * An answer that says in words why something was not done: under the name of the Durable extension, and as a
 * problem document.
 */
export function failure(status: number, message: string): Response {
  return problem('DurableRequestRefused', message, { status, Message: message });
}

/** 404 with the reason. */
export function notFound(message: string): Response {
  return failure(404, message);
}

/** For paths that the API does not have. */
export function noSuchAddress(): Response {
  return notFound('No such address.');
}

/** For instances that the hub does not know. */
export function noSuchInstance(id: string): Response {
  return notFound(`No instance with ID '${cut(id)}' was found.`);
}

/** 202, unless the hub has refused. */
export function accepted(refusal: Refusal | undefined, id: string): Response {
  return refusal ? refused(refusal, id) : { status: 202 };
}

/** What each refusal of the hub is answered with. */
export function refused(refusal: Refusal, id: string, orchestrator = ''): Response {
  switch (refusal) {
    case 'notFound':
      return noSuchInstance(id);
    case 'finished':
      return failure(410, `The instance '${id}' has finished.`);
    case 'alive':
      return failure(409, `An Orchestration instance with the ID '${id}' is alive already.`);
    case 'wrongState':
      return failure(500, `The instance '${id}' is not in a state in which this can be done.`);
    case 'badId':
      return failure(
        400,
        `The instance ID '${cut(id)}' is not allowed: no leading @, none of / \\ # ?, at most 256 characters.`,
      );
    case 'unknownOrchestrator':
      return failure(
        400,
        `The function '${cut(orchestrator)}' doesn't exist, is disabled, or is not an orchestrator function.`,
      );
  }
}
