import { readFile, writeFile } from 'node:fs/promises';

/** Clock ticks per second in /proc, the same on all of Linux's architectures. */
const TICKS_PER_SECOND = 100;

/** What a process has taken of the machine between two moments. */
export interface Usage {
	/** The most memory that it held (RSS) above what it held at first, in MiB. */
	rssOverIdle: number;
	/** What it held at first, in MiB. */
	rssIdle: number;
	/** Processor time of all its threads, in milliseconds. */
	cpuMs: number;
}

/**
 * Begins to observe a process (Linux only).
 * @param pid the process's id.
 * @returns a function that tells what it has taken since.
 */
export async function observe(pid: number): Promise<() => Promise<Usage>> {
	// "5" makes the kernel count the peak of RSS anew: exact, where samples would miss a short one.
	await writeFile(`/proc/${pid}/clear_refs`, '5');
	const [rssIdle, cpuBefore] = [await memory(pid, 'VmRSS'), await cpuMs(pid)];
	return async () => ({
		rssIdle,
		rssOverIdle: Math.max(0, (await memory(pid, 'VmHWM')) - rssIdle),
		cpuMs: (await cpuMs(pid)) - cpuBefore,
	});
}

async function memory(pid: number, field: 'VmRSS' | 'VmHWM'): Promise<number> {
	const status = await readFile(`/proc/${pid}/status`, 'utf8');
	return Number(new RegExp(`^${field}:\\s*(\\d+) kB`, 'm').exec(status)?.[1]) / 1024;
}

async function cpuMs(pid: number): Promise<number> {
	const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
	// The program's name stands in brackets and may hold blanks; user and system time are fields 14 and 15.
	const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
	return ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS_PER_SECOND;
}
