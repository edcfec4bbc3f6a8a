import { idIn } from '../ids';
import { anId, eachOf, entriesIn, invalid, shown, type Check } from './checks';

/** IDs or addresses of target groups, in a list or in a text that sets them off with commas, semicolons or blanks. */
export const someTargetGroups: Check<string[]> = (given) => {
	const entries = entriesIn(given).filter((entry) => entry !== undefined && entry !== null);
	return eachOf(entries, aTargetGroup);
};

/** A number stays one: as text, one that was rounded could no longer be told from an ID. */
const aTargetGroup: Check<string> = (given) => {
	const checked = anId(typeof given === 'string' ? (idIn(given, 'targeting') ?? given) : given);
	// LiveCall's IDs are numbers. A word without a digit is a target group's name.
	const isUsable = checked.ok ? /\d/.test(checked.value) : typeof given === 'number';
	return isUsable
		? checked
		: invalid(
				`needs IDs of target groups or the addresses of their edit pages, but ${shown(given)} was found`,
				'Enter IDs, separated by commas, e.g. 124, 125.',
			);
};
