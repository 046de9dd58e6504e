import { isUtf8 } from 'node:buffer';
import express, { type Request, type RequestHandler } from 'express';
import { Problem } from './problem.ts';

const MIB = 1024 * 1024;

export const MAX_BODY_BYTES = MIB;
export const MAX_BATCH_BYTES = 16 * MIB;

/**
 * JSON in UTF-8, at most `maxBytes` when unpacked. Another media type is 415, no body at all is 400 unless it is
 * `optional`.
 */
export function readBody(maxBytes: number, optional = false): RequestHandler[] {
  const parse = express.json({ limit: maxBytes, strict: false, type: () => true, verify: requireUtf8 });
  return [
    (request, _response, next) => {
      if (isAbsent(request))
        return next(optional ? undefined : new Problem('NOT_JSON', { detail: 'The body is empty.' }));
      const type = request.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();
      if (type === 'application/json' || /^application\/[\w.-]+\+json$/.test(type ?? '')) return next();
      const detail = type === undefined ? 'The request has no Content-Type.' : 'The body has to be JSON.';
      next(new Problem('UNSUPPORTED_MEDIA_TYPE', { detail }));
    },
    parse,
    (request, _response, next) => {
      if (optional && isAbsent(request)) request.body = {};
      next();
    },
  ];
}

/** A body of any media type as it came, of at most `maxBytes`; none at all has no bytes. A packed one is 415. */
export function readBytes(maxBytes: number): RequestHandler[] {
  return [
    (request, _response, next) => {
      const encoding = request.headers['content-encoding'] ?? 'identity';
      if (encoding.toLowerCase() === 'identity') return next();
      const detail = 'The body has a Content-Encoding.';
      next(new Problem('UNSUPPORTED_MEDIA_TYPE', { detail, hint: 'Send it as it is, of any media type.' }));
    },
    express.raw({ limit: maxBytes, type: () => true, inflate: false }),
    (request, _response, next) => {
      if (!Buffer.isBuffer(request.body)) request.body = Buffer.alloc(0);
      next();
    },
  ];
}

// Decoding would put U+FFFD in place of what is no UTF-8, and so another name in place of the one meant.
function requireUtf8(_request: unknown, _response: unknown, body: Buffer, charset: string): void {
  if (charset !== 'utf-8' || !isUtf8(body)) throw new Error('not UTF-8');
}

function isAbsent(request: Request): boolean {
  return (
    request.headers['transfer-encoding'] === undefined && Number(request.headers['content-length'] ?? 0) === 0
  );
}
