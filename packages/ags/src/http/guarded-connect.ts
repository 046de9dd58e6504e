import { lookup as dnsLookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { buildConnector } from 'undici';
import { isPrivateAddress } from './addresses.ts';

/** Our own reason for not sending a request; the code is one of `NoResponse`'s. */
export class NotAttempted extends Error {
  override name = 'NotAttempted';
  readonly code: 'PRIVATE_ADDRESS' | 'OTHER';

  constructor(code: 'PRIVATE_ADDRESS' | 'OTHER', message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * A connector that opens connections to public addresses only, and only with TLS, unless private networks are
 * allowed. The address checked is the one connected to: a name that resolves differently a moment later gains
 * nothing. HTTP/1.1 only, since HTTP/2 has no reason phrase and that is where Moodle says why.
 */
export function guardedConnect(options: {
  connectTimeoutMs: number;
  allowPrivateNetworks: boolean;
  lookup?: LookupFunction;
}): buildConnector.connector {
  const { connectTimeoutMs: timeout, allowPrivateNetworks, lookup = dnsLookup as LookupFunction } = options;
  if (allowPrivateNetworks) return buildConnector({ allowH2: false, timeout, lookup });

  const connect = buildConnector({ allowH2: false, timeout, lookup: publicOnly(lookup) });
  return (target, callback) => {
    // A literal address is connected to without a lookup.
    if (isIP(target.hostname) !== 0 && isPrivateAddress(target.hostname))
      return callback(privateAddress(), null);
    if (target.protocol !== 'https:')
      return callback(new NotAttempted('OTHER', 'http without TLS is not allowed'), null);
    return connect(target, callback);
  };
}

/** A lookup that leaves private addresses out and fails when no other is left. */
export function publicOnly(lookup: LookupFunction): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, found) => {
      if (error) return callback(error, '', 0);
      const addresses = (Array.isArray(found) ? found : []).filter(
        ({ address }) => !isPrivateAddress(address),
      );
      const [first] = addresses;
      if (!first) return callback(privateAddress(), '', 0);
      if (options.all) return callback(null, addresses);
      return callback(null, first.address, first.family);
    });
  };
}

function privateAddress(): NotAttempted {
  return new NotAttempted('PRIVATE_ADDRESS', 'the host is on a private network');
}
