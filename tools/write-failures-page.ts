import { writeFileSync } from 'node:fs';
import { failuresPage } from './failures-page';
import { restoredPropertiesPage } from './restored-properties-page';

writeFileSync('docs/failures.md', failuresPage());
writeFileSync('docs/restored-properties.md', restoredPropertiesPage());
