/**
 * Loaded first (`node -r`), has ESLint look for its configuration beside the linted file: n8n's rules hold for what is
 * shipped, usual ones for `dev/` and `test/`. ESLint 10 does so by itself. Works in every shell.
 */
process.env.ESLINT_FLAGS = 'unstable_config_lookup_from_file';
