import { mediaType } from '../body.ts';
import { MEDIA_TYPES, type ServiceEndpoint, type ServiceRequest } from '../profile.ts';
import { Refused } from '../refusals.ts';

/** The media type of the request's body (POST, PUT) or of the answer (GET), by endpoint. */
const TYPES: Record<ServiceEndpoint, Partial<Record<string, string>>> = {
  lineItems: { GET: MEDIA_TYPES.lineItems, POST: MEDIA_TYPES.lineItem },
  lineItem: { GET: MEDIA_TYPES.lineItem, PUT: MEDIA_TYPES.lineItem, DELETE: '' },
  scores: { POST: MEDIA_TYPES.score },
  results: { GET: MEDIA_TYPES.results },
  memberships: { GET: MEDIA_TYPES.memberships },
};

/** Method, `Content-Type` and `Accept` as HTTP and the specifications have them. */
export function negotiate({ endpoint, method, headers }: ServiceRequest): void {
  const type = TYPES[endpoint][method];
  if (type === undefined) throw new Refused('methodNotAllowed');
  if (method === 'POST' || method === 'PUT') {
    if (mediaType(headers['content-type']).toLowerCase() !== type) throw new Refused('unsupportedType');
  }
  if (method === 'GET' && headers.accept !== undefined && !accepts(headers.accept, type)) {
    throw new Refused('notAcceptable');
  }
}

function accepts(accept: string, type: string): boolean {
  const ranges = accept.split(',').map((range) => mediaType(range).toLowerCase());
  return ranges.some((range) => range === type || range === '*/*' || range === 'application/*');
}
