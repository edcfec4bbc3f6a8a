import { constants } from 'node:fs';
import { access, chown, mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { run, type Environment } from './launcher/command';
import { freePort } from './launcher/ports';
import { LOOPBACK } from './listen';
import { startAll } from './startAll';
import { startProgram, type Program } from './program';

/** A service of the queue mode that is running, and how n8n gets to it. */
export interface Service {
	program: Program;
	/** n8n's settings for it. */
	env: Environment;
	/** Ends it and deletes its data. */
	stop(): Promise<void>;
}

/** A database that can be asked, as n8n does. */
export interface Database extends Service {
	/** Runs SQL; gives the rows as text. */
	query(sql: string): Promise<string>;
}

/** Where Debian and others put server programs that are in no user's search path. */
const SERVER_FOLDERS = ['/usr/bin', '/usr/sbin', '/usr/local/bin', '/usr/local/sbin'];

/** Where Debian puts PostgreSQL's programs, by version. */
const POSTGRES_FOLDER = '/usr/lib/postgresql';

/** The user that Debian's package makes for PostgreSQL, which refuses to run as root. */
const POSTGRES_USER = 'postgres';

/**
 * Starts a Redis that keeps nothing, on a free port.
 * @throws Error that says how to install it where it is missing.
 */
export async function startRedis(): Promise<Service> {
	const server = await findProgram('redis-server', 'redis-server', SERVER_FOLDERS);
	const folder = await mkdtemp(path.join(tmpdir(), 'n8n-nodes-livecall-redis-'));
	const port = await freePort();
	const client = await findProgram('redis-cli', 'redis-server', SERVER_FOLDERS);
	const args = ['--bind', LOOPBACK, '--port', String(port), '--save', '', '--appendonly', 'no'];
	return await inFolder(folder, async () => {
		const program = await startProgram(server, [...args, '--dir', folder], {
			name: 'Redis',
			diesWithParent: true,
			cwd: folder,
			env: plainEnvironment(),
			logFile: path.join(folder, 'redis.log'),
			isReady: async () =>
				await succeeds(client, ['-h', LOOPBACK, '-p', String(port), 'ping'], folder),
		});
		return {
			program,
			env: { QUEUE_BULL_REDIS_HOST: LOOPBACK, QUEUE_BULL_REDIS_PORT: String(port) },
		};
	});
}

/**
 * Starts a PostgreSQL with an empty database, on a free port. As root it runs as Debian's user
 * `postgres`.
 * @throws Error that says how to install it where it is missing.
 */
export async function startPostgres(): Promise<Database> {
	const folders = [...(await postgresFolders()), ...SERVER_FOLDERS];
	const server = await findProgram('postgres', 'postgresql', folders);
	const initdb = path.join(path.dirname(server), 'initdb');
	const isReady = path.join(path.dirname(server), 'pg_isready');
	const user = process.getuid?.() === 0 ? await userIds(POSTGRES_USER) : undefined;
	const folder = await mkdtemp(path.join(tmpdir(), 'n8n-nodes-livecall-postgres-'));
	return await inFolder(folder, async () => {
		const data = path.join(folder, 'data');
		await mkdir(data, { mode: 0o700 });
		if (user) {
			await chown(folder, user.uid, user.gid);
			await chown(data, user.uid, user.gid);
		}
		const env = plainEnvironment();
		// Only this machine gets to it, and there is nothing in it to protect.
		const init = ['-D', data, '-U', 'n8n', '--auth=trust', '--encoding=UTF8', '--no-locale'];
		const asUser = user ? ['runuser', '-u', POSTGRES_USER, '--'] : [];
		const [program = initdb, ...args] = [...asUser, initdb, ...init];
		await run(program, args, { cwd: folder, env });
		const port = await freePort();
		const settings = [
			`listen_addresses=${LOOPBACK}`,
			'unix_socket_directories=',
			'max_connections=100',
		];
		const running = await startProgram(
			server,
			['-D', data, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])],
			{
				name: 'PostgreSQL',
				diesWithParent: true,
				cwd: folder,
				env,
				logFile: path.join(folder, 'postgres.log'),
				isReady: async () =>
					await succeeds(isReady, ['-h', LOOPBACK, '-p', String(port), '-U', 'n8n'], folder),
				user,
			},
		);
		const client = await findProgram('psql', 'postgresql', folders);
		const address = ['-h', LOOPBACK, '-p', String(port), '-U', 'n8n', '-d', 'postgres'];
		return {
			program: running,
			query: async (sql: string) =>
				await run(client, [...address, '-At', '-c', sql], { cwd: folder, env }),
			env: {
				DB_TYPE: 'postgresdb',
				DB_POSTGRESDB_HOST: LOOPBACK,
				DB_POSTGRESDB_PORT: String(port),
				DB_POSTGRESDB_DATABASE: 'postgres',
				DB_POSTGRESDB_USER: 'n8n',
				DB_POSTGRESDB_PASSWORD: 'not-asked-for',
			},
		};
	});
}

/** Runs the start of a service in its folder, which is deleted when that fails or the service ends. */
async function inFolder<T extends Omit<Service, 'stop'>>(
	folder: string,
	start: () => Promise<T>,
): Promise<T & Pick<Service, 'stop'>> {
	return await startAll(async (undo) => {
		undo(async () => await rm(folder, { recursive: true, force: true }));
		const service = await start();
		undo(service.program.stop);
		return service;
	});
}

/** Finds a program; `debianPackage` is what brings it. */
async function findProgram(
	name: string,
	debianPackage: string,
	folders: string[],
): Promise<string> {
	const searched = [...folders, ...(process.env.PATH ?? '').split(path.delimiter)];
	for (const folder of searched.filter((entry) => entry !== '')) {
		const file = path.join(folder, name);
		if (
			await access(file, constants.X_OK).then(
				() => true,
				() => false,
			)
		)
			return file;
	}
	throw new Error(
		`The tests of n8n's queue mode need "${name}", which was not found. On Debian and Ubuntu: apt-get install -y ${debianPackage}`,
	);
}

/** PostgreSQL's folders of programs, the newest version first. */
async function postgresFolders(): Promise<string[]> {
	const versions: string[] = await readdir(POSTGRES_FOLDER).catch(() => []);
	return versions
		.sort((one, other) => Number(other) - Number(one))
		.map((version) => path.join(POSTGRES_FOLDER, version, 'bin'));
}

async function userIds(name: string): Promise<{ uid: number; gid: number }> {
	const lines = (await readFile('/etc/passwd', 'utf8')).split('\n');
	const entry = lines.find((line) => line.startsWith(`${name}:`))?.split(':');
	if (!entry) {
		throw new Error(
			`PostgreSQL does not run as root, and there is no user "${name}" to run it as. On Debian and Ubuntu: apt-get install -y postgresql`,
		);
	}
	return { uid: Number(entry[2]), gid: Number(entry[3]) };
}

function plainEnvironment(): Environment {
	// "runuser" lies where only root looks.
	const folders = [process.env.PATH, ...SERVER_FOLDERS];
	return { PATH: folders.filter(Boolean).join(path.delimiter), LC_ALL: 'C', TZ: 'UTC' };
}

async function succeeds(program: string, args: string[], cwd: string): Promise<boolean> {
	return await run(program, args, { cwd }).then(
		() => true,
		() => false,
	);
}
