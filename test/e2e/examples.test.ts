// One n8n for all of them: each of these files holds the tests of one example.
import './examples/launcher';
import './examples/afterTheCall';
import './examples/retryMissedCalls';
import './examples/chooseATime';
import './examples/callAndResult';
import './examples/syncConsultants';
import './examples/aiAgentCallback';
import './examples/callList';
import { useExamples } from './helpers/stage';

useExamples();
