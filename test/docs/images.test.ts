import { readdir } from 'node:fs/promises';
import path from 'node:path';

import { REPOSITORY } from '../../dev/launcher/folders';
import { shownPictures } from '../browser/helpers/images';

it('the pictures in docs/images are those that README and docs show', async () => {
	const files = await readdir(path.join(REPOSITORY, 'docs', 'images'));
	const pictures = files.filter((name) => name.endsWith('.png')).map((name) => name.slice(0, -4));
	expect(pictures.sort()).toEqual([...(await shownPictures())].sort());
});
