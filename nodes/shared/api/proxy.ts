import type { IDataObject } from 'n8n-workflow';

/** Headers that proxies on the way to a host set, and hosts do not: Squid's, and those that RFC 9110 leaves to proxies. */
const PROXY_HEADER = /^(?:proxy-(?:authenticate|agent|connection)|x-squid-error)$/i;

/** How proxies on the way to a host name themselves. */
const PROXY_SERVER = /^(?:squid|tinyproxy|privoxy|ccproxy|mitmproxy|zscaler)/i;

/**
 * Whether a proxy between n8n and a host has answered in its place. What a proxy answers to CONNECT comes to us as if the
 * host had answered the request itself (https-proxy-agent 7, which n8n 1.x and 2.x use): only its headers tell.
 */
export function isFromProxy(status: number, headers: IDataObject): boolean {
	return (
		// "Proxy Authentication Required" (RFC 9110, section 15.5.8)
		status === 407 ||
		Object.keys(headers).some((name) => PROXY_HEADER.test(name)) ||
		PROXY_SERVER.test(String(headers.server ?? ''))
	);
}
