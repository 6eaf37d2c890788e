import { writeFileSync } from 'node:fs';
import { apiDocument } from './api-document';
import { API_TYPES, apiTypes } from './api-types/api-types';

const document = apiDocument();
writeFileSync('docs/openapi.json', document);
writeFileSync(API_TYPES, apiTypes(document));
