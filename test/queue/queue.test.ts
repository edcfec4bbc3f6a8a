import { queueMode } from './helpers/queueMode';

queueMode({ deliveries: 300, repeats: 60, runs: 50, callsBeforeDeath: 20 });
