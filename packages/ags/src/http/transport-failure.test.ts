import { describe, expect, it } from 'vitest';
import { NotAttempted } from './guarded-connect.ts';
import { transportFailure } from './transport-failure.ts';

function failing(code: string): Error {
  return Object.assign(new Error(`secret detail of ${code}`), { code });
}

describe('transportFailure', () => {
  it.each([
    ['ENOTFOUND', 'DNS'],
    ['EAI_AGAIN', 'DNS'],
    ['ECONNREFUSED', 'CONNECT_REFUSED'],
    ['EHOSTUNREACH', 'CONNECT_REFUSED'],
    ['ENETUNREACH', 'CONNECT_REFUSED'],
    ['UND_ERR_CONNECT_TIMEOUT', 'CONNECT_TIMEOUT'],
    ['ETIMEDOUT', 'CONNECT_TIMEOUT'],
    ['CERT_HAS_EXPIRED', 'TLS'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'TLS'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'TLS'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'TLS'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'TLS'],
    ['EPROTO', 'TLS'],
    ['ECONNRESET', 'RESET'],
    ['EPIPE', 'RESET'],
    ['UND_ERR_SOCKET', 'RESET'],
    ['UND_ERR_RES_CONTENT_LENGTH_MISMATCH', 'RESET'],
    ['UND_ERR_HEADERS_TIMEOUT', 'TIMEOUT'],
    ['UND_ERR_BODY_TIMEOUT', 'TIMEOUT'],
    ['UND_ERR_CLOSED', 'ABORTED'],
    ['HPE_INVALID_CONSTANT', 'OTHER'],
    ['UND_ERR_HEADERS_OVERFLOW', 'OTHER'],
  ])('%s is %s', (systemCode, code) => {
    const failure = transportFailure(failing(systemCode), false);
    expect(failure.code).toBe(code);
    expect(failure.detail).toContain(systemCode);
    expect(failure.detail).not.toContain('secret');
  });

  it('walks causes and aggregate errors', () => {
    const wrapped = new TypeError('fetch failed', {
      cause: new AggregateError([new Error('one'), new Error('two', { cause: failing('ECONNREFUSED') })]),
    });
    expect(transportFailure(wrapped, false).code).toBe('CONNECT_REFUSED');
  });

  it('survives a chain that leads back to itself', () => {
    const error = new Error('round');
    error.cause = new Error('and round', { cause: error });
    expect(transportFailure(error, true)).toEqual({ code: 'OTHER', detail: 'the request failed' });
  });

  it.each([undefined, null, 'text', 7])('survives %j being thrown', (thrown) => {
    expect(transportFailure(thrown, true).code).toBe('OTHER');
  });

  it('tells a connection that died of silence from one that was never made', () => {
    expect(transportFailure(failing('ETIMEDOUT'), true).code).toBe('TIMEOUT');
  });

  it('keeps our own reason', () => {
    const error = new Error('connect', {
      cause: new NotAttempted('PRIVATE_ADDRESS', 'on a private network'),
    });
    expect(transportFailure(error, false)).toEqual({
      code: 'PRIVATE_ADDRESS',
      detail: 'on a private network',
    });
  });
});
