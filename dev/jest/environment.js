const Module = require('node:module');
const vm = require('node:vm');
const { TestEnvironment } = require('jest-environment-node');

/**
 * Runs tests among all else that Node runs, not in a context of their own: in n8n, too, its engine and the nodes are in
 * one, so that an error or a date of the one is an error or a date of the other. And a worker loads the engine once
 * (`loadOnce.js`), not once for each file of tests, which took a third of all the processor's time (30 November 2026,
 * Node 20).
 */
class SharedEnvironment extends TestEnvironment {
	constructor(config, context) {
		super(config, context);
		const { projectConfig } = config;
		this.global = globalThis;
		this.moduleMocker = new this.moduleMocker.constructor(globalThis);
		this.fakeTimersModern = new this.fakeTimersModern.constructor({
			config: projectConfig,
			global: globalThis,
		});
		Object.assign(globalThis, projectConfig.globals);
		const { env, exit } = process;
		this.before = { env, exit, variables: { ...env }, setTimeout };
		this.timers = new Set();
		globalThis.setTimeout = this.remembered(setTimeout);
	}

	/** Ends what the file of tests leaves behind, so that the next one finds the process as this one did. */
	async teardown() {
		await super.teardown();
		const { env, exit, variables, setTimeout } = this.before;
		globalThis.setTimeout = setTimeout;
		for (const timer of this.timers) clearTimeout(timer);
		for (const name of Object.keys(env)) delete env[name];
		Object.assign(env, variables);
		Object.assign(process, { env, exit });
	}

	/** A `setTimeout` whose timers can be ended. */
	remembered(setTimeout) {
		const { timers } = this;
		const remembering = (callback, ...about) => {
			const timer = setTimeout(
				(...values) => {
					timers.delete(timer);
					callback(...values);
				},
				...about,
			);
			timers.add(timer);
			return timer;
		};
		return Object.defineProperties(remembering, Object.getOwnPropertyDescriptors(setTimeout));
	}
}

// Jest compiles each module for the context of the environment (jest-runtime 30.5, `ModuleExecutor.compile`).
const { compileFunction } = vm;
vm.compileFunction = (code, parameters, options) =>
	compileFunction(code, parameters, { ...options, parsingContext: undefined });

/** Jest's `require` in the file of tests that runs. */
let requireInTests;

// n8n's loader asks Node for the nodes. They are to be those that jest makes from the source.
const { _load } = Module;
Module._load = (request, ...about) =>
	/\/dist\/(nodes|credentials)\//.test(request)
		? requireInTests(request)
		: _load(request, ...about);

/** For `loadOnce.js`. */
globalThis.loadOnce = (file, require) => {
	requireInTests = require;
	return Module._load(file);
};

module.exports = SharedEnvironment;
