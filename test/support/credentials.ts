import type { PackageDirectoryLoader } from 'n8n-core';
import {
	ICredentialsHelper,
	type ICredentialDataDecryptedObject,
	type ICredentials,
	type IHttpRequestOptions,
	type INode,
	type INodeProperties,
	type IRequestOptionsSimplified,
	type Workflow,
} from 'n8n-workflow';

/**
 * One LiveCall API credential, kept in memory. It resolves the package's own `authenticate` as n8n does
 * (n8n 2.41, `CredentialsHelper.authenticate`).
 */
export class InMemoryCredentials extends ICredentialsHelper {
	constructor(
		private readonly loader: PackageDirectoryLoader,
		private readonly data: ICredentialDataDecryptedObject,
	) {
		super();
	}

	getParentTypes(): string[] {
		return [];
	}

	isCredentialUsableByNode(): boolean {
		return true;
	}

	async authenticate(
		credentials: ICredentialDataDecryptedObject,
		typeName: string,
		requestOptions: IHttpRequestOptions | IRequestOptionsSimplified,
		workflow?: Workflow,
		node?: INode,
	): Promise<IHttpRequestOptions> {
		const { authenticate } = this.loader.getCredential(typeName).type;
		if (
			!authenticate ||
			typeof authenticate === 'function' ||
			!('url' in requestOptions) ||
			!workflow ||
			!node
		) {
			throw new Error('The credential is expected to authenticate generically');
		}
		const headers = Object.entries(authenticate.properties.headers ?? {}).map(([name, value]) => {
			if (typeof value !== 'string') throw new Error(`The header ${name} is expected to be text`);
			const resolved = workflow.expression.getSimpleParameterValue(
				node,
				value,
				'internal',
				{ $credentials: credentials },
				undefined,
				'',
			);
			return [name, String(resolved)];
		});
		return {
			...requestOptions,
			headers: { ...requestOptions.headers, ...Object.fromEntries(headers) },
		};
	}

	async preAuthentication(): Promise<undefined> {
		return undefined;
	}

	async runPreAuthentication(): Promise<undefined> {
		return undefined;
	}

	async getCredentials(): Promise<ICredentials> {
		return await Promise.reject(new Error('Not part of these tests'));
	}

	async getDecrypted(): Promise<ICredentialDataDecryptedObject> {
		return { baseUrl: 'https://api.livecall.io/v1', webhookToken: '', ...this.data };
	}

	async updateCredentials(): Promise<void> {}

	async updateCredentialsOauthTokenData(): Promise<void> {}

	getCredentialsProperties(type: string): INodeProperties[] {
		return this.loader.getCredential(type).type.properties;
	}
}
