import { RUNTIME_ROOT } from '../../dev/launcher/folders';
import { packPackage } from '../../dev/launcher/pack';

/** Packs the package for all suites of a run: packing takes longer than installing. */
export default async function globalSetup(): Promise<void> {
	process.env.PACKED_PACKAGE = await packPackage(RUNTIME_ROOT);
}

/** The packed package's path. */
export async function packedPackage(): Promise<string> {
	return process.env.PACKED_PACKAGE ?? (await packPackage(RUNTIME_ROOT));
}
