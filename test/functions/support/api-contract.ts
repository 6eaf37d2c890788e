import SwaggerParser from '@apidevtools/swagger-parser';
import Ajv2020, { type ValidateFunction } from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import type { Answer } from './answer';

// biome-ignore lint/suspicious/noExplicitAny: an OpenAPI document is read by its own validator
type OpenApi = any;

/** Holds real answers against the served OpenAPI document. */
export interface ApiContract {
  document: OpenApi;
  /** Says what is wrong with an answer; an empty list when it is as described. */
  faults(method: string, route: string, answer: Answer<unknown>): string[];
}

/** Throws when the document is not valid OpenAPI 3.1. */
export async function readContract(served: unknown): Promise<ApiContract> {
  await SwaggerParser.validate(structuredClone(served) as never);
  const document: OpenApi = await SwaggerParser.dereference(structuredClone(served) as never);
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats(ajv);
  const compiled = new Map<object, ValidateFunction>();
  const validatorOf = (schema: object) => {
    const known = compiled.get(schema) ?? ajv.compile(schema);
    compiled.set(schema, known);
    return known;
  };
  return {
    document,
    faults(method, route, { status, headers, body }) {
      const operation = operationOf(document, method, route);
      if (!operation) return [`${method} ${route} is not described`];
      const described = operation.responses[status] ?? operation.responses.default;
      const good = operation.responses[status] !== undefined;
      if (!good && status < 400) return [`${method} ${route}: the status ${status} is not described`];
      const type = headers.get('content-type') ?? '';
      if (!described.content)
        return body === undefined ? [] : [`${method} ${route}: a body where none is described`];
      const media = described.content[type];
      if (!media) return [`${method} ${route}: the content type ${type} is not described for ${status}`];
      const validate = validatorOf(media.schema);
      return validate(body) ? [] : [`${method} ${route} ${status}: ${ajv.errorsText(validate.errors)}`];
    },
  };
}

/** A path without parameters goes before one with them, as OpenAPI says. */
function operationOf(document: OpenApi, method: string, route: string): OpenApi {
  const path = `/${route.split('?')[0]}`;
  const concrete = document.paths[path]?.[method.toLowerCase()];
  if (concrete) return concrete;
  const template = Object.keys(document.paths).find((one) =>
    new RegExp(`^${one.replace(/\{\w+\}/g, '[^/]+')}$`).test(path),
  );
  return template && document.paths[template][method.toLowerCase()];
}
