import { readFileSync } from 'node:fs';
import path from 'node:path';
import { apiDocument } from '../../tools/api-document';
import { API_TYPES, apiTypes } from '../../tools/api-types/api-types';

const committed = (file: string) => readFileSync(path.join(__dirname, '..', '..', file), 'utf8');

describe('of the API, after npm run docs:api,', () => {
  it('docs/openapi.json is what the app serves', () => {
    expect(committed('docs/openapi.json')).toBe(apiDocument());
  });

  it('the types of the clients are what the generator makes of it', () => {
    expect(committed(API_TYPES)).toBe(apiTypes(committed('docs/openapi.json')));
  });
});
