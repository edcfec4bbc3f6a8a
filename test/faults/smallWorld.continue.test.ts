import { testSmallWorld } from './promises';

// The small world has one file for each value, so that jest walks them side by side.
testSmallWorld('continueRegularOutput');
