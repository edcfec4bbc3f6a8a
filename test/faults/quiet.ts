// n8n logs every error of a node. Thousands are wanted here; this must be set before n8n-core is loaded.
process.env.N8N_LOG_LEVEL = 'silent';

export {};
