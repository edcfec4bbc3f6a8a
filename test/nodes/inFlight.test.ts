import { InFlight } from '../../nodes/shared/throttling/inFlight';

/** Work that ends when it is told to. */
function openEnded() {
	const ends: Array<(error?: Error) => void> = [];
	const work = async () =>
		await new Promise<number>((resolve, reject) => {
			const number = ends.length + 1;
			ends.push((error) => (error ? reject(error) : resolve(number)));
		});
	return { ends, work };
}

it('is done once for all who ask while it is under way, and anew for who asks later', async () => {
	const questions = new InFlight<number>();
	const { ends, work } = openEnded();
	const asked = [questions.ask('same', work), questions.ask('same', work)];
	const other = questions.ask('other', work);
	expect(ends).toHaveLength(2);
	ends.forEach((end) => end());
	expect(await Promise.all([...asked, other])).toEqual([1, 1, 2]);

	const later = questions.ask('same', work);
	ends[2]();
	expect(await later).toBe(3);
});

it('fails for all who have asked, and may succeed for who asks later', async () => {
	const questions = new InFlight<number>();
	const { ends, work } = openEnded();
	const asked = [questions.ask('same', work), questions.ask('same', work)];
	ends[0](new Error('The database is away'));
	const ended = await Promise.allSettled(asked);
	expect(ended.map(({ status }) => status)).toEqual(['rejected', 'rejected']);

	const later = questions.ask('same', work);
	ends[1]();
	expect(await later).toBe(2);
});
