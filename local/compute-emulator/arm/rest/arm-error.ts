import type { Json } from '../../cloud/model';

/** A refusal as Azure Resource Manager writes it. */
export class ArmError extends Error {
  override readonly name = 'ArmError';
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly headers: Record<string, string> = {},
  ) {
    super(message);
  }

  body(): Json {
    return { error: { code: this.code, message: this.message } };
  }
}

/** @param id the resource's full id */
export function resourceNotFound(id: string): ArmError {
  const group = /resourceGroups\/([^/]+)/i.exec(id)?.[1] ?? '';
  const resource = id.replace(/^.*\/providers\//i, '');
  return new ArmError(
    404,
    'ResourceNotFound',
    `The Resource '${resource}' under resource group '${group}' was not found.`,
  );
}

export function invalidParameter(name: string, message: string): ArmError {
  return new ArmError(400, 'InvalidParameter', `The value of parameter ${name} is invalid. ${message}`);
}
