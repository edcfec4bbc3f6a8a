import { readFileSync } from 'node:fs';
import path from 'node:path';
import { config, devDependencies } from '../../package.json';

const REPOSITORY = path.resolve(__dirname, '../..');
const read = (file: string) => readFileSync(path.join(REPOSITORY, file), 'utf8');

describe('the versions in package.json', () => {
	it('give the tests the engine of the n8n that is started', () => {
		expect(devDependencies['n8n-core']).toBe(config.n8n);
	});

	it('are what .nvmrc and the README say', () => {
		expect(read('.nvmrc').trim()).toBe(config.node.split('.')[0]);
		const compatibility = read('README.md').split('## Compatibility')[1].split('\n## ')[0];
		expect(compatibility).toContain(`n8n ${config.n8n}`);
		expect(compatibility).toContain(config.n8nOldest);
	});
});
