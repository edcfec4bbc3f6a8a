import { idIn } from '../ids';
import { anId, invalid, shown, valid, type Check } from './checks';

/** IDs or addresses of target groups, in a list or in a text that sets them off with commas, semicolons or blanks. */
export const someTargetGroups: Check<string[]> = (given) => {
	const ids: string[] = [];
	for (const part of partsOf(given)) {
		const checked = anId(typeof part === 'string' ? (idIn(part, 'targeting') ?? part) : part);
		if (!checked.ok && typeof part === 'number') return checked;
		// LiveCall's IDs are numbers. A word without a digit is a target group's name.
		if (!checked.ok || !/\d/.test(checked.value)) {
			return invalid(
				`needs IDs of target groups or the addresses of their edit pages, but ${shown(part)} was found`,
				'Enter IDs, separated by commas, e.g. 124, 125.',
			);
		}
		ids.push(checked.value);
	}
	return valid([...new Set(ids)]);
};

/** Numbers stay numbers: as text, one that was rounded could no longer be told from an ID. */
function partsOf(given: unknown): unknown[] {
	if (Array.isArray(given)) return given.flatMap(partsOf);
	if (typeof given === 'string') return given.split(/[\s,;]+/).filter((part) => part !== '');
	return given === undefined || given === null ? [] : [given];
}
