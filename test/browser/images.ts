import { run } from 'jest';

// Takes the pictures in docs/images anew: they come from the browser tests, so that they show what was
// seen to work. The package has to be built.
process.env.UPDATE_IMAGES = '1';
void run(['--selectProjects', 'browser', '--runInBand', ...process.argv.slice(2)]);
