/** Takes one line of text that tells the person in front of the terminal what is going on. */
export type Report = (line: string) => void;

/** How often a step that takes long says that it is still at work, in milliseconds. */
const HEARTBEAT_MS = 10_000;

/**
 * Gives a reporter that puts the time since this call, in whole seconds, in front of every line.
 * @param write where the finished lines go, without line feed.
 */
export function startReport(write: (line: string) => void): Report {
	const startedAt = Date.now();
	return (line) => {
		const seconds = Math.round((Date.now() - startedAt) / 1000);
		write(`[${String(seconds).padStart(4)} s] ${line}`);
	};
}

/**
 * Runs one step and says that it began, every ten seconds that it is still going on, and how many
 * seconds it took. Gives what the step gives; throws what the step throws.
 */
export async function reportStep<T>(
	report: Report,
	name: string,
	step: () => Promise<T>,
): Promise<T> {
	const startedAt = Date.now();
	const elapsed = () => `${Math.round((Date.now() - startedAt) / 1000)} s`;
	report(`${name} …`);
	const heartbeat = setInterval(
		() => report(`${name} … still going on after ${elapsed()}`),
		HEARTBEAT_MS,
	);
	try {
		const result = await step();
		report(`${name}: done in ${elapsed()}`);
		return result;
	} finally {
		clearInterval(heartbeat);
	}
}
