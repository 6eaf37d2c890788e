import { writeFileSync } from 'node:fs';
import { failuresPage } from './failures-page';

writeFileSync('docs/failures.md', failuresPage());
