// The examples that a visitor starts, who reads an answer. Beside examples.test.ts, in an n8n of their own, they take half the time.
import './examples/chooseATime';
import './examples/callAndResult';
import './examples/aiAgentCallback';
import { useExamples } from './helpers/stage';

useExamples();
