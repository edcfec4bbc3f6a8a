const SAMPLE_RATE = 8000;
const HEADER_BYTES = 44;
const SECOND_BYTES = SAMPLE_RATE * 2;
const SHORT_SECONDS = 3;

/** Size in bytes of the recording that a call has unless told otherwise: a few seconds. */
export const SHORT_WAV_BYTES = HEADER_BYTES + SHORT_SECONDS * SECOND_BYTES;

export const wav = {
	/**
	 * Gives a WAV file (PCM, 16 bit, 8 kHz, mono) of exactly so many bytes, piece by piece, so that it can be any size.
	 * The same size always gives the same bytes. Below 44 bytes it is a header cut short.
	 */
	*chunks(totalBytes: number): Generator<Buffer> {
		yield header(Math.max(0, totalBytes - HEADER_BYTES)).subarray(0, totalBytes);
		const second = toneSecond();
		for (let left = totalBytes - HEADER_BYTES; left > 0; left -= SECOND_BYTES) {
			yield second.subarray(0, left);
		}
	},
};

function header(dataBytes: number): Buffer {
	const bytes = Buffer.alloc(HEADER_BYTES);
	bytes.write('RIFF', 0, 'latin1');
	bytes.writeUInt32LE(HEADER_BYTES - 8 + dataBytes, 4);
	bytes.write('WAVEfmt ', 8, 'latin1');
	bytes.writeUInt32LE(16, 16);
	bytes.writeUInt16LE(1, 20);
	bytes.writeUInt16LE(1, 22);
	bytes.writeUInt32LE(SAMPLE_RATE, 24);
	bytes.writeUInt32LE(SAMPLE_RATE * 2, 28);
	bytes.writeUInt16LE(2, 32);
	bytes.writeUInt16LE(16, 34);
	bytes.write('data', 36, 'latin1');
	bytes.writeUInt32LE(dataBytes, 40);
	return bytes;
}

/** Two tones of whole hertz, swelling and fading within the second, so that seconds follow each other without a click. */
function toneSecond(): Buffer {
	const bytes = Buffer.alloc(SECOND_BYTES);
	for (let sample = 0; sample < SAMPLE_RATE; sample++) {
		const time = sample / SAMPLE_RATE;
		const tones = Math.sin(2 * Math.PI * 440 * time) + Math.sin(2 * Math.PI * 554 * time);
		const loudness = Math.sin(Math.PI * time) ** 2;
		bytes.writeInt16LE(Math.round(4000 * loudness * tones), sample * 2);
	}
	return bytes;
}
