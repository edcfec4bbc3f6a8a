/** Writes a line that the person who runs the tests is to see, whether they pass or not. */
export function report(line: string): void {
	process.stdout.write(`${line}\n`);
}

/** Says how many there were of something, and how many a second. */
export function rate(count: number, what: string, startedAt: number): string {
	const seconds = (Date.now() - startedAt) / 1000;
	return `${count} ${what} in ${seconds.toFixed(1)} s (${(count / seconds).toFixed(1)} a second)`;
}
