import { clientTypes } from './client-types';
import { formatCode } from './format-code';
import { NAMES } from './names';

/** Where the types stand, below the project's folder. */
export const API_TYPES = 'client/api-types.ts';

const HEAD = `// Made from docs/openapi.json by npm run docs:api; change the API or tools/api-types instead.

`;

/** The source of the clients' types for an OpenAPI document, given as JSON. */
export const apiTypes = (document: string): string =>
  formatCode(HEAD + clientTypes(JSON.parse(document), NAMES), API_TYPES);
