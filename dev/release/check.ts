/** What a release is made of. */
interface Release {
	/** In package.json. */
	version: string;
	/** The text of CHANGELOG.md. */
	changelog: string;
	/** The tag that asks for the release; left out where there is none yet. */
	tag?: string;
}

/** A version as npm takes it: three numbers, and what a pre-release adds. */
const VERSION = /^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/;

/** Says what keeps a release from being published, in sentences; an empty list when nothing does. */
export function obstaclesTo({ version, changelog, tag }: Release): string[] {
	const obstacles: string[] = [];
	if (!VERSION.test(version)) {
		obstacles.push(`"${version}" is no version such as 1.2.3.`);
	} else if (!textOf(version, changelog)) {
		obstacles.push(`CHANGELOG.md has no text under a heading "## ${version}": write one.`);
	}
	if (tag !== undefined && tag !== version) {
		obstacles.push(
			`The tag is "${tag}", but package.json says ${version}: they have to be the same.`,
		);
	}
	return obstacles;
}

/** What the changelog says of a version: the lines between its heading, which may end in a date, and the next one. */
function textOf(version: string, changelog: string): string {
	const sections = changelog.split(/^## /m).slice(1);
	const section = sections.find((text) => text.split(/\s/)[0] === version) ?? '';
	return section.replace(/^.*/, '').trim();
}
