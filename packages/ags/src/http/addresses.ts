import { BlockList, isIP } from 'node:net';

/**
 * Whether an address is anything but a public unicast one: loopback, private, link-local (cloud metadata),
 * shared (RFC 6598), unique-local, multicast, documentation, reserved ones, and IPv6 forms that carry such an
 * IPv4 address. Brackets and a zone are allowed. What is not an IP address counts as private.
 */
export function isPrivateAddress(ip: string): boolean {
  const address = ip.replace(/^\[(.*)\]$/, '$1').replace(/%.*$/, '');
  const family = isIP(address);
  if (family === 4) return notPublic.check(address, 'ipv4');
  if (family !== 6) return true;
  const carried = carriedIPv4(address);
  if (carried !== undefined) return notPublic.check(carried, 'ipv4');
  return !globalUnicast.check(address, 'ipv6') || notPublic.check(address, 'ipv6');
}

// https://www.iana.org/assignments/iana-ipv4-special-registry and ...-ipv6-special-registry
const notPublic = blockListOf([
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '168.63.129.16/32', // Azure's platform address, reachable from its virtual machines only
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '2001::/23',
  '2001:db8::/32',
  '2002::/16',
  '3fff::/20',
]);

const globalUnicast = blockListOf(['2000::/3']);

/** The IPv4 address inside an IPv4-mapped (::ffff:0:0/96) or NAT64 (64:ff9b::/96) address. */
function carriedIPv4(address: string): string | undefined {
  // The URL parser writes every spelling of an IPv6 address the same way, dotted quads as hex.
  const canonical = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const match = /^(?:::ffff:|64:ff9b::)(?:([\da-f]{1,4}):)?([\da-f]{1,4})$/.exec(canonical);
  if (!match) return undefined;
  const [high, low] = [match[1] ?? '0', match[2] ?? '0'].map((group) => Number.parseInt(group, 16));
  return [high! >> 8, high! & 255, low! >> 8, low! & 255].join('.');
}

function blockListOf(subnets: string[]): BlockList {
  const list = new BlockList();
  for (const subnet of subnets) {
    const [network = '', prefix = ''] = subnet.split('/');
    list.addSubnet(network, Number(prefix), isIP(network) === 4 ? 'ipv4' : 'ipv6');
  }
  return list;
}
