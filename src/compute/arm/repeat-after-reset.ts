import type { PipelinePolicy, RestError } from '@azure/core-rest-pipeline';

/** Methods that do no more when they are done twice (RFC 9110, 9.2.2); Resource Manager keeps to that. */
const REPEATABLE = ['GET', 'HEAD', 'PUT', 'DELETE'];
const RESETS = ['ECONNRESET', 'EPIPE'];

/**
 * Sends a request once more, at once, whose connection was cut before an answer began, unless it may do
 * something twice. A service ends a kept connection when it likes, also at the very moment of the next
 * request: that says nothing about the service, so that nobody has to wait for it.
 */
export const repeatAfterReset: PipelinePolicy = {
  name: 'repeatAfterReset',
  async sendRequest(request, next) {
    try {
      return await next(request);
    } catch (error) {
      const { code = '' } = error as Partial<RestError>;
      if (!RESETS.includes(code) || !REPEATABLE.includes(request.method)) throw error;
      return next(request);
    }
  },
};
