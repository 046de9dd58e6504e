import { isPrivateAddress } from '@gradewire/ags';

/**
 * What is wrong with an address to send to, undefined when nothing is: it must be https, and its host no private or loopback
 * one as far as its spelling tells. What a name resolves to is checked when connecting.
 */
export function addressProblem(address: string, allowPrivateNetworks: boolean): string | undefined {
  if (allowPrivateNetworks) return undefined;
  const url = new URL(address);
  if (url.protocol !== 'https:') return 'must be https';
  return isPrivateHost(url.hostname) ? 'must not be in a private network' : undefined;
}

function isPrivateHost(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$|\.$/g, '').toLowerCase();
  if (/^[\d.]+$/.test(host) || host.includes(':')) return isPrivateAddress(host);
  return /(^|\.)(localhost|local|internal|localdomain|home\.arpa)$/.test(host);
}
