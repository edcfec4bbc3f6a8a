/**
 * Streams files from addresses to the disk, four at once, and does nothing else: what Node.js itself takes for that.
 * Prints the peak of memory over idle in MiB; run with --expose-gc in a new process each time, Linux only.
 */
const { createWriteStream, readFileSync, rmSync, writeFileSync } = require('node:fs');
const { get } = require('node:http');
const { pipeline } = require('node:stream/promises');

const memory = (field) =>
	Number(
		new RegExp(`^${field}:\\s*(\\d+) kB`, 'm').exec(readFileSync('/proc/self/status', 'utf8'))[1],
	) / 1024;

async function stream(url, file) {
	const response = await new Promise((resolve, reject) => get(url, resolve).once('error', reject));
	await pipeline(response, createWriteStream(file));
	rmSync(file);
}

async function main([folder, ...urls]) {
	global.gc();
	// "5" makes the kernel count the peak anew.
	writeFileSync('/proc/self/clear_refs', '5');
	const idle = memory('VmRSS');
	let next = 0;
	const worker = async (_, number) => {
		while (next < urls.length) await stream(urls[next++], `${folder}/${number}`);
	};
	await Promise.all(Array.from({ length: 4 }, worker));
	console.log(memory('VmHWM') - idle);
}

void main(process.argv.slice(2));
