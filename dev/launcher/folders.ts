import path from 'node:path';

/** This repository's folder. */
export const REPOSITORY = path.resolve(__dirname, '../..');

/** The example workflows that people import. */
export const EXAMPLES = path.join(REPOSITORY, 'examples');

/**
 * Where downloaded Node and n8n versions, the packed package and demo data lie. Another place can be
 * given by the variable LIVECALL_RUNTIME_DIR, relative to the current folder.
 */
export const RUNTIME_ROOT = path.resolve(
	process.env.LIVECALL_RUNTIME_DIR ?? path.join(REPOSITORY, '.runtime'),
);
