import type { BinaryHelperFunctions } from 'n8n-workflow';
import type { FailureKind } from '../../../shared/api/outcome';

/** A stream as n8n's helpers take it. */
type FileStream = Exclude<Parameters<BinaryHelperFunctions['prepareBinaryData']>[0], Buffer>;

/** How much of a file is received at most, as it is stored: a few bytes that are sent may be decoded to any number. */
export const LIMITS = {
	bytes: 2 * 1024 ** 3,
	/** From the host's answer on, in ms: a host that sends a byte now and then is never silent for long. */
	ms: 60 * 60 * 1000,
};

export function isStream(value: unknown): value is FileStream {
	return typeof value === 'object' && value !== null && 'pipe' in value && 'destroy' in value;
}

/** A file that is being received. It is ended when the execution is canceled, and when it goes beyond {@link LIMITS}. */
export class IncomingFile {
	private ended: FailureKind | undefined;

	/**
	 * @param request ends the request that brings the stream
	 * @param signal the execution's cancel signal
	 */
	constructor(
		readonly stream: FileStream,
		private readonly request: AbortController,
		signal: AbortSignal | undefined,
	) {
		// Without it a stream that fails while nobody listens ends the process.
		stream.on('error', () => {});
		this.endOn(signal, { kind: 'canceled' });
		// Not setTimeout: n8n's lint forbids it in community nodes (`no-restricted-globals`).
		this.endOn(AbortSignal.timeout(LIMITS.ms), { kind: 'unreadable', what: 'tooLong' });
	}

	/** Why the file did not come whole; `undefined` if it has, or may still come. */
	get failure(): FailureKind | undefined {
		return this.ended ?? (this.stream.errored ? { kind: 'brokeOff' } : undefined);
	}

	/**
	 * Waits for the first bytes, and puts them back.
	 * @param isEnough whether so many do
	 * @returns none if the file ends before there are enough; `undefined` if it breaks off before
	 */
	async beginning(isEnough: (bytes: Buffer) => boolean): Promise<Buffer | undefined> {
		const { stream } = this;
		if (stream.destroyed) return undefined;
		let seen = Buffer.alloc(0);
		return await new Promise((resolve) => {
			const look = () => {
				const bytes: unknown = stream.read();
				if (!Buffer.isBuffer(bytes)) return;
				seen = Buffer.concat([seen, bytes]);
				if (!isEnough(seen)) return;
				stream.off('readable', look);
				stream.unshift(seen);
				resolve(seen);
			};
			stream.on('readable', look);
			stream.once('end', () => resolve(Buffer.alloc(0)));
			stream.once('close', () => resolve(undefined));
		});
	}

	/**
	 * Counts what whoever takes the stream gets from now on. Listening has to begin together with that: a listener makes a
	 * stream flow, and what flows before anybody else listens is lost.
	 */
	countBytes(): void {
		const { stream } = this;
		let received = 0;
		const count = (bytes: Buffer) => {
			received += bytes.length;
			if (received > LIMITS.bytes) this.end({ kind: 'unreadable', what: 'tooLarge' });
		};
		const begin = (event: string | symbol) => {
			if (event !== 'data' && event !== 'readable') return;
			stream.off('newListener', begin);
			stream.on('data', count);
		};
		stream.on('newListener', begin);
	}

	/** Receives no more. Whoever takes the stream gets an error: n8n 1.123 would wait on without one (`streamToBuffer`). */
	end(why: FailureKind): void {
		this.ended ??= why;
		this.stream.destroy(new Error('The file was not received to its end'));
		this.request.abort();
	}

	private endOn(signal: AbortSignal | undefined, why: FailureKind): void {
		const end = () => this.end(why);
		if (signal?.aborted) end();
		signal?.addEventListener('abort', end);
		this.stream.once('close', () => signal?.removeEventListener('abort', end));
	}
}
