import fc from 'fast-check';

/** Says by which configuration jest runs: jest.config.js, or jest.random.config.js. */
declare const isChanceFixed: boolean;

/** The seed of all that is random: the same in each `npm test`, so that a change is never red for another reason than itself. */
export const SEED = isChanceFixed ? 20_261_130 : jest.getSeed();

fc.configureGlobal({ seed: SEED });
