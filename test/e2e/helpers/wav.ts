/** Asserts that bytes are a whole WAV file: the header's lengths fit the file, and it holds sound. */
export function expectPlayableWav(file: Buffer): void {
	expect(file.toString('latin1', 0, 4)).toBe('RIFF');
	expect(file.toString('latin1', 8, 16)).toBe('WAVEfmt ');
	expect(file.readUInt32LE(4)).toBe(file.length - 8);
	expect(file.toString('latin1', 36, 40)).toBe('data');
	expect(file.readUInt32LE(40)).toBe(file.length - 44);
	expect(file.subarray(44).some((byte) => byte !== 0)).toBe(true);
}
