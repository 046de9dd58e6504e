import { describe, expect, it } from 'vitest';
import { toProblem } from './error-handler.ts';
import { PROBLEMS, Problem } from './problem.ts';

describe('Problem', () => {
  it('is RFC 9457 on the wire', () => {
    const problem = new Problem('INVALID', {
      detail: '/a is wrong',
      errors: [{ pointer: '/a', detail: 'is wrong' }],
    });
    expect(JSON.parse(JSON.stringify(problem))).toEqual({
      type: '/docs/problems#INVALID',
      title: 'The request is not valid',
      status: 422,
      code: 'INVALID',
      detail: '/a is wrong',
      errors: [{ pointer: '/a', detail: 'is wrong' }],
      retryable: false,
    });
  });

  it('tells when to come back on every 503', () => {
    const unavailable = Object.entries(PROBLEMS).filter(([, { status }]) => status === 503);
    for (const [code] of unavailable) {
      expect(new Problem(code as 'STORE_UNAVAILABLE').headers['Retry-After']).toMatch(/^\d+$/);
    }
  });
});

describe('toProblem', () => {
  const bodyParser = (type: string, statusCode: number) =>
    Object.assign(new Error('{"secret":'), { type, statusCode });

  it.each([
    [bodyParser('entity.too.large', 413), 'BODY_TOO_LARGE'],
    [bodyParser('entity.parse.failed', 400), 'NOT_JSON'],
    [bodyParser('charset.unsupported', 415), 'UNSUPPORTED_MEDIA_TYPE'],
    [bodyParser('encoding.unsupported', 415), 'UNSUPPORTED_MEDIA_TYPE'],
    [bodyParser('request.aborted', 400), 'NOT_JSON'],
    [Object.assign(new Error('incorrect header check: hush'), { statusCode: 400 }), 'NOT_JSON'],
    [Object.assign(new Error('no such file: hush'), { statusCode: 404 }), 'INTERNAL'],
    [new URIError('URI malformed'), 'NOT_FOUND'],
    [new Error("Stream isn't writeable and enableOfflineQueue options is false"), 'STORE_UNAVAILABLE'],
    [new Error('Connection is closed.'), 'STORE_UNAVAILABLE'],
    [
      Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:6379'), { code: 'ECONNREFUSED' }),
      'STORE_UNAVAILABLE',
    ],
    [new Error('hush'), 'INTERNAL'],
    ['hush', 'INTERNAL'],
  ])('%s is %s', (error, code) => {
    const problem = toProblem(error);
    expect(problem.code).toBe(code);
    expect(JSON.stringify(problem)).not.toMatch(/secret|hush|127\.0\.0\.1/);
  });

  it('keeps a problem as it is', () => {
    const problem = new Problem('NOT_FOUND');
    expect(toProblem(problem)).toBe(problem);
  });
});
