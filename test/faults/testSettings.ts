/** The seed of the random schedules: a new one each time, unless `FAULTS_SEED` asks for the one of an earlier run. */
export const SEED = Number(process.env.FAULTS_SEED ?? Date.now() % 2 ** 31);
