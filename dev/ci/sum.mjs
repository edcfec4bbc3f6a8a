import { readdirSync, readFileSync } from 'node:fs';
import { join, parse } from 'node:path';

/**
 * Adds up what jest has counted: `node sum.mjs <folder> <failed>`. The folder holds one JSON file a suite, an empty one
 * where the suite never came to its tests; `failed` is 1 when anything has failed, suite or not. Prints the sums, the
 * last line as "N passed, N failed", and exits with 1 when that is not 0. Plain JavaScript, since it also runs where
 * nothing could be installed.
 */
const [folder, somethingFailed] = process.argv.slice(2);
let passed = 0;
let failed = 0;
for (const file of readdirSync(folder).filter((name) => name.endsWith('.json'))) {
	const { name } = parse(file);
	const text = readFileSync(join(folder, file), 'utf8');
	if (text === '') {
		console.log(`${name}: did not come to its tests`);
		failed++;
		continue;
	}
	const sums = JSON.parse(text);
	console.log(`${name}: ${sums.numPassedTests} of ${sums.numTotalTests} passed`);
	passed += sums.numPassedTests;
	// A file that cannot even be loaded counts as one that failed.
	failed += sums.numFailedTests + sums.numRuntimeErrorTestSuites;
}
if (failed === 0 && somethingFailed === '1') failed = 1;
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
