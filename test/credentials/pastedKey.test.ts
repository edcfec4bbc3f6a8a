import { jsons, SECRETS, sharedWorld } from '../support/world';

const world = sharedWorld();

const PASTED = `Token token="${SECRETS.apiKey}"`;

const list = async () =>
	await world.run(
		'user.getAll',
		{ returnAll: true },
		{ credential: { ...world.credential, apiKey: PASTED } },
	);

it('a key that was pasted with what stands around it in a request is accepted', async () => {
	expect(jsons(await list())).toEqual(world.sandbox.users.all());
});

it.each([SECRETS.apiKey, PASTED])('is shown nowhere where LiveCall repeats it: %#', async (key) => {
	const body = { errors: [`not for ${key}!`] };
	world.sandbox.faults.always({ kind: 'status', status: 422, body });
	const { error, stored } = await list();
	expect(error.message).toContain('not for ***!');
	expect(stored).not.toContain(SECRETS.apiKey);
});
