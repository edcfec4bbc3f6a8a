/* eslint-disable @n8n/community-nodes/no-restricted-imports, @n8n/community-nodes/no-restricted-globals -- runs on a developer's machine and is never shipped */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorPage } from './errorTable';

writeFileSync(join(__dirname, '..', '..', 'docs', 'errors.md'), errorPage());
