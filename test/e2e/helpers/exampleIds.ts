/** The id of the example that is started by LiveCall's webhooks. */
export const AFTER_THE_CALL_ID = 'liveCallFollowUp';

/** The id of the example that is started by a lead. */
export const CALLBACK_ID = 'liveCallCallback';

/** The id of the example that calls a customer once more; LiveCall's webhooks start it too. */
export const MISSED_CALL_ID = 'liveCallMissed';

/** The id of the example that keeps LiveCall's users like a table. */
export const CONSULTANTS_ID = 'liveCallTeam';

/** The id of the example in which an AI agent books a callback. */
export const AI_AGENT_ID = 'liveCallChat';

/** The id of the example in which a visitor chooses a free time in a form. */
export const CHOOSE_A_TIME_ID = 'liveCallTimes';

/** The id of the example that waits for a call's result. */
export const RESULT_ID = 'liveCallResult';

/** The id of the example that works through a table of leads. */
export const CALL_LIST_ID = 'liveCallList';

/** The id of the example that calls a CRM's contacts and logs the calls there. */
export const CRM_ID = 'liveCallCrm';
