import { z } from 'zod';
import { PARAMS, type ParamName, paramNames } from './keys';
import { ProblemDocument } from './problem';
import type { RouteDescription } from './route';

type Json = Record<string, unknown>;

const TITLES: Record<ParamName, string> = {
  vm: 'Key of a VM, as GET /vms lists it',
  point: 'Id of a recovery point, as its VM lists it',
  job: 'Id of a job, as GET /jobs lists it',
  policy: 'Name of a policy',
};

const HEADERS = {
  'If-Match': 'Only change the version with this ETag; otherwise 412.',
  'Idempotency-Key': 'A repeat with the same key answers as the first request did, and starts nothing again.',
} as const;

/** The OpenAPI 3.1 document of the routes, made of the same schemas that check their requests. */
export function openApiDocument(routes: Readonly<Record<string, RouteDescription>>): Json {
  const paths: Record<string, Json> = {};
  for (const [operationId, description] of Object.entries(routes).sort(([a], [b]) => (a < b ? -1 : 1))) {
    const path = `/${description.route}`;
    paths[path] = { ...paths[path], [description.method.toLowerCase()]: operation(operationId, description) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Durable VM Backup',
      version: '1',
      description:
        'Backs up Azure VMs into your own storage account. Times are ISO 8601 UTC, sizes are bytes.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/api' }],
    security: [{ functionKey: [] }, { functionKeyInQuery: [] }],
    paths,
    components: {
      schemas: { Problem: jsonSchema(ProblemDocument, 'output') },
      securitySchemes: {
        functionKey: { type: 'apiKey', in: 'header', name: 'x-functions-key' },
        functionKeyInQuery: { type: 'apiKey', in: 'query', name: 'code' },
      },
    },
  };
}

function operation(operationId: string, description: RouteDescription): Json {
  const { route, summary, access, query, body, answers, heeds = [] } = description;
  return {
    operationId,
    summary,
    ...(access === 'anonymous' ? { security: [] } : {}),
    parameters: [
      ...paramNames(route).map((name) => ({
        name,
        in: 'path',
        required: true,
        description: TITLES[name],
        schema: jsonSchema(PARAMS[name], 'input'),
      })),
      ...queryParameters(query),
      ...heeds.map((name) => ({
        name,
        in: 'header',
        description: HEADERS[name],
        schema: { type: 'string' },
      })),
    ],
    ...(body ? { requestBody: { content: content(jsonSchema(body, 'input')) } } : {}),
    responses: {
      ...Object.fromEntries(
        Object.entries(answers).map(([status, schema]) => [
          status,
          { description: summary, ...(schema ? { content: content(jsonSchema(schema, 'output')) } : {}) },
        ]),
      ),
      default: {
        description: 'What went wrong, and what to do about it.',
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    },
  };
}

function queryParameters(query: z.ZodType | undefined): Json[] {
  if (!query) return [];
  const { properties = {}, required = [] } = jsonSchema(query, 'input') as {
    properties?: Record<string, Json>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    schema,
  }));
}

const content = (schema: Json) => ({ 'application/json': { schema } });

function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _sameForAll, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return rest;
}
