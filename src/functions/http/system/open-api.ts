import { z } from 'zod';
import { openApiDocument } from '../../../api/open-api';
import { registeredRoutes, registerRoute } from '../register-route';

registerRoute('openApi', {
  method: 'GET',
  route: 'openapi.json',
  summary: 'This document',
  access: 'anonymous',
  answers: { 200: z.looseObject({ openapi: z.string() }) },
  handler: async () => ({ jsonBody: openApiDocument(registeredRoutes) }),
});
