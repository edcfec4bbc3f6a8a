import type { ResourceOperations } from '../execution/operation';
import { call } from './call';
import { filter } from './filter';
import { recording } from './recording';
import { user } from './user';

/** Everything the LiveCall node can do. A new operation is one file, and one line in its resource's list. */
export const resources: ResourceOperations[] = [call, filter, recording, user];
