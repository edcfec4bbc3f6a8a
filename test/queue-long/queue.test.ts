import { queueMode } from '../queue/helpers/queueMode';

queueMode({ deliveries: 1_000, repeats: 200, runs: 100, callsBeforeDeath: 40 });
