// One n8n for all of them: each of these files holds the tests of one example. exampleVisitors.test.ts has the others.
import './examples/launcher';
import './examples/afterTheCall';
import './examples/retryMissedCalls';
import './examples/syncConsultants';
import './examples/callList';
import { useExamples } from './helpers/stage';

useExamples();
