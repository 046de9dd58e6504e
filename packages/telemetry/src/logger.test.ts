import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { createLogger } from './logger.ts';

function logged(fields: object): string {
  let text = '';
  const destination = new Writable({
    write(chunk, _encoding, done) {
      text += String(chunk);
      done();
    },
  });
  createLogger({ name: 'unit', level: 'info', destination }).info(fields, 'said');
  return text;
}

describe('createLogger', () => {
  it.each([
    { authorization: 'hush' },
    { headers: { authorization: 'hush' } },
    { request: { headers: { cookie: 'hush', 'set-cookie': 'hush' } } },
    { token: 'hush' },
    { token: { accessToken: 'hush' } },
    { a: { b: { access_token: 'hush' } } },
    { a: { b: { c: { client_assertion: 'hush' } } } },
    { key: 'hush' },
    { created: { key: 'hush' } },
    { secrets: ['hush'] },
    { score: { comment: 'hush' } },
    { comment: 'hush' },
    { body: 'hush' },
    { member: { name: 'hush', email: 'hush' } },
    { list: [{ name: 'hush' }] },
  ])('hides what must not be read: %j', (fields) => {
    const line = logged(fields);
    expect(line).not.toContain('hush');
    expect(line).toContain('[redacted]');
  });

  it('writes JSON with its own name and leaves other fields alone', () => {
    expect(JSON.parse(logged({ platformId: 'moodle', attempt: 2 }))).toMatchObject({
      name: 'unit',
      msg: 'said',
      platformId: 'moodle',
      attempt: 2,
    });
  });

  it('logs of an error what it is, not what it carries', () => {
    const cause = Object.assign(new Error('reset'), { code: 'ECONNRESET' });
    const error = Object.assign(new TypeError('broken', { cause }), {
      command: { name: 'set', args: ['hush'] },
    });
    const line = logged({ err: error });
    expect(line).not.toContain('hush');
    expect(JSON.parse(line).err).toMatchObject({
      type: 'TypeError',
      message: 'broken',
      stack: expect.stringContaining('logger.test'),
      cause: { message: 'reset', code: 'ECONNRESET' },
    });
    expect(JSON.parse(logged({ err: 'text' })).err).toEqual({ type: 'string', message: 'text' });
  });
});
