/** From so many answers it is told how long the next ones take: few, so that a change of pace is noticed soon. */
const LATEST = 20;

/** How long LiveCall's latest answers took, and so how long the next ones can be expected to take. */
export class AnswerTimes {
	private latest: number[] = [];

	/** @param ms how long an answer took, in ms */
	add(ms: number): void {
		this.latest = [...this.latest, ms].slice(-LATEST);
	}

	/** How long an answer takes, in ms: it decides how many come in a given time. 0 as long as there was none. */
	get meanMs(): number {
		return mean(this.latest);
	}

	/** How long nearly every answer takes at most, in ms: the mean, and twice the mean distance from it. */
	get mostMs(): number {
		const { meanMs } = this;
		return meanMs + 2 * mean(this.latest.map((ms) => Math.abs(ms - meanMs)));
	}
}

function mean(values: number[]): number {
	return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
