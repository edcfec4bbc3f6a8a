import { idIn } from '../../shared/dashboard';
import { anId, shown, type Check } from './checks';

/** IDs or addresses of target groups, in a list or in a text that sets them off with commas, semicolons or blanks. */
export const someTargetGroups: Check<string[]> = (given) => {
	const text = Array.isArray(given) ? given.join(' ') : String(given ?? '');
	const parts = text.split(/[\s,;]+/).filter((part) => part !== '');
	const ids: string[] = [];
	for (const part of parts) {
		const checked = anId(idIn(part, 'targeting') ?? part);
		if (!('value' in checked)) {
			return {
				found: `needs IDs of target groups or the addresses of their edit pages, but ${shown(part)} was found`,
				advice: 'Enter IDs, separated by commas, e.g. 124, 125.',
			};
		}
		ids.push(checked.value);
	}
	return { value: [...new Set(ids)] };
};
