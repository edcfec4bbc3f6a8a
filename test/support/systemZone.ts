import { Settings } from 'luxon';

// n8n makes a workflow's time zone that of all (n8n 2.41, `WorkflowDataProxy`), and a worker runs one file of tests after
// the other beside the same n8n.
Settings.defaultZone = 'system';
