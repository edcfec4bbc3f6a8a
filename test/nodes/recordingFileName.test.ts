import fc from 'fast-check';
import { fileNameOf } from '../../nodes/LiveCall/operations/recording/fileName';
import { mayBeRecording, mimeTypeOf } from '../../nodes/LiveCall/operations/recording/mimeType';

/** A header as Node.js gives it: each byte of what was sent as one character. */
const asSent = (header: string, encoding: BufferEncoding = 'utf8') =>
	Buffer.from(header, encoding).toString('latin1');

const namedBy = (disposition: string, type = 'audio/mpeg') =>
	fileNameOf('', disposition, type, '7');

describe('a file is called', () => {
	it('by the name asked for, whatever the host says', () => {
		const theirs = 'attachment; filename="theirs.wav"';
		expect(fileNameOf('mine.mp3', theirs, 'audio/wav', '7')).toBe('mine.mp3');
		expect(fileNameOf(' ', theirs, 'audio/wav', '7')).toBe('theirs.wav');
	});

	it('by nothing of the token in a link', () => {
		const link = 'https://dl.livecall.io/downloads/recordings/7?token=eyJhbGciOiJIUzI1NiJ9.abc.def';
		for (const name of [`"${link}"`, '"eyJhbGciOiJIUzI1NiJ9.abc.def"']) {
			expect(namedBy(`attachment; filename=${name}`)).not.toMatch(/eyJ|abc|def/);
		}
	});

	it.each([
		['attachment; filename="call of 1 May.wav"', 'call of 1 May.wav'],
		['attachment; filename=call.wav', 'call.wav'],
		['attachment;filename = "call.wav" ; size=7', 'call.wav'],
		['inline; FileName="a; filename=b.wav"', 'a; filename=b.wav'],
		['filename="call.wav"', 'call.wav'],
		['attachment; filename="say \\"hi\\".wav"', 'say hi.wav'],
		['attachment; filename=my call 7.mp3', 'my call 7.mp3'],
		['attachment; filename=my call 7.mp3; size=7', 'my call 7.mp3'],
		['attachment; filename= "my call 7.mp3"', 'my call 7.mp3'],
		['attachment; filename="cut.mp3', 'cut.mp3'],
		['attachment; filename="c\\all.wav"', 'call.wav'],
		['attachment; filename="first.wav"; filename="second.wav"', 'first.wav'],
		['attachment; FILENAME="first.wav"; filename="second.wav"', 'first.wav'],
	])('as the host says: %s', (disposition, name) => {
		expect(namedBy(disposition)).toBe(name);
	});

	it.each([
		[asSent('attachment; filename="Gespräch.mp3"'), 'Gespräch.mp3'],
		[asSent('attachment; filename="通話.mp3"'), '通話.mp3'],
		[asSent('attachment; filename=Rückruf für Ünal.mp3'), 'Rückruf für Ünal.mp3'],
		[asSent('attachment; filename="📞 call.mp3"'), '📞 call.mp3'],
		[asSent('attachment; filename="Gespräch.mp3"', 'latin1'), 'Gespräch.mp3'],
		[asSent('attachment; filename="Español ñ.mp3"', 'latin1'), 'Español ñ.mp3'],
		['attachment; filename="=?UTF-8?B?R2VzcHLDpGNoLm1wMw==?="', 'Gespräch.mp3'],
		['attachment; filename="=?utf-8?Q?Gespr=C3=A4ch_7.mp3?="', 'Gespräch 7.mp3'],
		['attachment; filename="=?iso-8859-1?q?Gespr=E4ch.mp3?="', 'Gespräch.mp3'],
		['attachment; filename="=?utf-8?Q?Gespr=C3=A4ch?= of 1 May.mp3"', 'Gespräch of 1 May.mp3'],
		['attachment; filename="=?utf-8?Q?Gespr?=  =?utf-8?B?w6RjaC5tcDM=?="', 'Gespräch.mp3'],
		['attachment; filename="Gespr%C3%A4ch%207.mp3"', 'Gespräch 7.mp3'],
		['attachment; filename="Gespr%E4ch.mp3"', 'Gespräch.mp3'],
		['attachment; filename="100%.mp3"', '100%.mp3'],
	])('with letters beyond ASCII, in whichever encoding: %s', (disposition, name) => {
		expect(namedBy(disposition)).toBe(name);
	});

	it.each([
		['attachment; filename="x.wav"; filename*=UTF-8\'\'gespr%C3%A4ch.wav', 'gespräch.wav'],
		['attachment; filename*=UTF-8\'de\'gespr%C3%A4ch.wav; filename="x.wav"', 'gespräch.wav'],
		["attachment; filename*=iso-8859-1''gespr%E4ch.wav", 'gespräch.wav'],
		["attachment; filename*=iso-8859-15''5%A4.wav", '5€.wav'],
		['attachment; filename*="UTF-8\'\'gespr%C3%A4ch.wav"', 'gespräch.wav'],
		[asSent("attachment; filename*=UTF-8''gespräch 7.wav"), 'gespräch 7.wav'],
		['attachment; filename*=gespr%C3%A4ch.wav', 'gespräch.wav'],
		['attachment; filename="x.wav"; filename*=klingon\'\'%E4.wav', 'x.wav'],
		['attachment; filename="x.wav"; filename*=UTF-8\'\'%E4.wav', 'x.wav'],
		["attachment; filename*=UTF-8''50%.wav", '50%.wav'],
	])('by the extended form first, where it can be read: %s', (disposition, name) => {
		expect(namedBy(disposition)).toBe(name);
	});

	it.each([
		'attachment; xfilename="evil.mp3"',
		'attachment; x-filename=evil.mp3',
		'attachment; name="filename=evil.mp3"',
		'attachment; name="a; filename=evil.mp3"',
		'attachment; filename=""',
		'attachment; filename=".."',
		'attachment; filename="/"',
		'attachment',
		'',
	])('by the call where the host gives no name: %j', (disposition) => {
		expect(namedBy(disposition)).toBe('call-7.mp3');
	});

	it.each([
		['attachment; filename="..\\\\..\\\\a/b/../call.wav"', 'call.wav'],
		['attachment; filename="/etc/call.wav"', 'call.wav'],
		["attachment; filename*=UTF-8''..%2F..%2Fcall.wav", 'call.wav'],
		["attachment; filename*=UTF-8''a%5Ccall%00.wav", 'call.wav'],
		["attachment; filename*=UTF-8''call%E2%80%AEvaw.exe", 'callvaw.exe'],
	])('without folders and what hides letters: %s', (disposition, name) => {
		expect(namedBy(disposition)).toBe(name);
	});

	it.each([
		['11/26/2026 call.mp3', '11-26-2026 call.mp3'],
		['26.11.2026\\call 14:30.mp3', '26.11.2026-call 14-30.mp3'],
		['../../etc/talk.wav', 'etc-talk.wav'],
		['/recordings/call.mp3', 'recordings-call.mp3'],
		['what?.mp3', 'what.mp3'],
	])('as a person typed it, slashes and all: %s', (wanted, name) => {
		expect(fileNameOf(wanted, '', 'audio/mpeg', '7')).toBe(name);
	});

	it.each([
		['audio/mpeg; charset=binary', 'call-7.mp3'],
		['audio/AMR', 'call-7.amr'],
		['audio/x-flac', 'call-7.flac'],
		['audio/basic', 'call-7.au'],
		['application/ogg', 'call-7.ogg'],
		['audio/x-ms-wma', 'call-7.wma'],
		['audio/aacp', 'call-7.aac'],
		['audio/opus', 'call-7.opus'],
		['application/octet-stream', 'call-7'],
		['application/force-download', 'call-7'],
		['mp3', 'call-7'],
		['', 'call-7'],
	])('by the call and its type: %s', (type, name) => {
		expect(namedBy('', type)).toBe(name);
	});

	it('at any length with its extension, and no longer than file systems allow', () => {
		const character = fc.constantFrom('n', 'ä', '通', '📞', '.', ' ');
		const extension = fc.constantFrom('.mp3', '.wav', '.opus');
		fc.assert(
			fc.property(
				fc.array(character, { minLength: 40, maxLength: 400 }),
				extension,
				(characters, end) => {
					const name = fileNameOf(`n${characters.join('')}n${end}`, '', 'audio/mpeg', '7');
					expect(name.endsWith(`${end}`)).toBe(true);
					expect(Buffer.byteLength(name)).toBeLessThanOrEqual(255);
					// A character that was cut in two has no UTF-8 of its own.
					expect(Buffer.from(name).toString()).toBe(name);
				},
			),
		);
	});

	it.each([
		[`${'n'.repeat(254)}.mp3`, `${'n'.repeat(251)}.mp3`],
		[`a.${'n'.repeat(300)}`, `a.${'n'.repeat(253)}`],
		['n'.repeat(300), 'n'.repeat(255)],
	])('cut off before its extension, if that is one', (wanted, name) => {
		expect(fileNameOf(wanted, '', 'audio/mpeg', '7')).toBe(name);
	});
});

describe('a file whose type the host does not know', () => {
	const unknown = [
		'',
		'application/octet-stream',
		'binary/octet-stream',
		'application/x-download',
		'application/force-download',
		'application/download',
		'mp3',
		'*/*',
	];

	it.each(unknown)('stays binary, whatever a name without an extension ends in: %j', (type) => {
		for (const name of [
			'call 2026-11-26 14.30',
			'call v1.2',
			'Dr.Meyer',
			'26.11.2026',
			'call',
			'call.txt',
		]) {
			expect(mimeTypeOf(type, name)).toBe('application/octet-stream');
		}
	});

	it.each([
		['call.mp3', 'audio/mpeg'],
		['CALL.WAV', 'audio/wav'],
		['call.m4a', 'audio/mp4'],
		['call 14.30.ogg', 'audio/ogg'],
		['call.opus', 'audio/opus'],
		['call.webm', 'audio/webm'],
	])('is told by the extension of a recording: %s', (name, type) => {
		for (const given of unknown) expect(mimeTypeOf(given, name)).toBe(type);
	});

	const LONG = 'x'.repeat(128);
	it.each([
		['its first word', `${LONG}/mpeg`],
		['its second word', `audio/${LONG}`],
		['both', `${LONG}/${LONG}`],
	])('is binary where %s is longer than any may be', (_, type) => {
		expect(mimeTypeOf(type, 'call')).toBe('application/octet-stream');
		expect(mimeTypeOf(type, 'call.mp3')).toBe('audio/mpeg');
	});

	it('keeps a type that the host knows', () => {
		expect(mimeTypeOf('Audio/MPEG; charset=binary', 'call.wav')).toBe('audio/mpeg');
		expect(mimeTypeOf('video/x-matroska', 'call')).toBe('video/x-matroska');
	});
});

describe('a file of the type', () => {
	it.each([
		'audio/mpeg',
		'video/mp4',
		'application/ogg',
		'application/octet-stream',
		'AUDIO/WAV; rate=8000',
		'application/jsonish',
		'application/x-scriptura',
		'application/vnd.acme.urlencodedsound',
		'video/x-matroska',
		'',
		'no type',
	])('%j may be a recording', (type) => {
		expect(mayBeRecording(type)).toBe(true);
	});

	it.each([
		'text/html',
		'image/png',
		'application/json',
		'application/xml; charset=utf-8',
		'application/vnd.api+json',
		'application/problem+xml',
		'application/xml-dtd',
		'application/x-ndjson',
		'application/javascript',
		'application/x-javascript; charset=utf-8',
		'application/ecmascript',
		'application/x-www-form-urlencoded',
		'application/x-yaml',
		'application/pdf',
		'audio/x-mpegurl',
		'application/vnd.apple.mpegurl',
		'audio/x-scpls',
		'x-audio/mpeg',
	])('%j is no recording', (type) => {
		expect(mayBeRecording(type)).toBe(false);
	});
});
