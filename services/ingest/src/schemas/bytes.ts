import { z } from 'zod';

/** A body of any media type, of a route that takes bytes. */
export const bytesSchema = z
  .custom<Buffer>(Buffer.isBuffer)
  .meta({ override: { type: 'string', format: 'binary' } });
