import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isPrivateAddress } from './addresses.ts';

describe('isPrivateAddress', () => {
  it.each([
    '0.0.0.0',
    '10.1.2.3',
    '100.64.0.1', // shared address space (CGNAT)
    '100.100.100.200', // metadata of Alibaba Cloud
    '127.0.0.1',
    '127.255.255.254',
    '168.63.129.16', // Azure
    '169.254.169.254', // metadata of AWS, Azure, Google
    '172.16.0.1',
    '172.31.255.255',
    '192.0.0.192', // metadata of Oracle Cloud
    '192.0.2.1',
    '192.168.1.1',
    '198.18.0.1',
    '203.0.113.9',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '[::1]',
    '::127.0.0.1', // IPv4-compatible
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '0:0:0:0:0:ffff:a00:1',
    '::FFFF:169.254.169.254',
    '::ffff:0:1',
    '64:ff9b::10.0.0.1',
    '64:ff9b:1::1',
    '100::1',
    '2001::1',
    '2001:db8::1',
    '2002:7f00:1::',
    'fc00::1',
    'fd00:ec2::254', // metadata of AWS
    'fe80::1',
    'fe80::1%eth0',
    'fec0::1',
    'ff02::1',
    'localhost',
    '2130706433',
    '',
  ])('refuses %s', (address) => {
    expect(isPrivateAddress(address)).toBe(true);
  });

  it.each([
    '1.1.1.1',
    '8.8.8.8',
    '100.63.255.255',
    '100.128.0.1',
    '172.15.255.255',
    '172.32.0.1',
    '192.0.1.1',
    '2606:4700::1111',
    '2a00:1450:4001::1',
    '::ffff:8.8.8.8',
    '64:ff9b::8.8.8.8',
  ])('lets %s through', (address) => {
    expect(isPrivateAddress(address)).toBe(false);
  });

  it('thinks the same of an IPv4 address and of the IPv6 forms that carry it', () => {
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        const own = isPrivateAddress(address);
        expect(isPrivateAddress(`::ffff:${address}`)).toBe(own);
        expect(isPrivateAddress(`64:ff9b::${address}`)).toBe(own);
      }),
    );
  });

  it('refuses every IPv6 address outside of global unicast, but for carried IPv4', () => {
    fc.assert(
      fc.property(fc.ipV6(), (address) => {
        const canonical = new URL(`http://[${address}]`).hostname.slice(1, -1);
        fc.pre(!/^(?:[23][\da-f]{3}:|::ffff:|64:ff9b::)/.test(canonical));
        expect(isPrivateAddress(address)).toBe(true);
      }),
    );
  });
});
