import type { WebhookSource } from '@gradewire/sdk';
import { printFacts } from '../terminal/facts.ts';
import { countText } from '../terminal/format.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** Prints a source for a person: what it sends, where that goes, and how it shows that it is itself. */
export function printSource(source: WebhookSource, out: Terminal): void {
  const { id, target, defaults = {}, unmatched } = source;
  const waiting = `${countText(unmatched, 'delivery', 'deliveries')}; see gradewire unmatched list ${id}`;
  printFacts(
    id,
    [
      ['Platform', source.platformId],
      ['Sends', source.adapter],
      ['To', source.url],
      ['Shows', proofOf(source)],
      ['Secrets', source.secretCount],
      ['Delivery id', source.deliveryIdHeader],
      ['Column', target && JSON.stringify(target)],
      ['Assignment', source.assignment && `${source.assignment}, no other`],
      ['Defaults', Object.keys(defaults).length > 0 && JSON.stringify(defaults)],
      ['Mapping', source.mapping?.trim().replaceAll('\n', `\n${' '.repeat(17)}`)],
      ['Unmatched', unmatched > 0 && out.paint('yellow', waiting)],
      ['Created', source.createdAt],
      ['Changed', source.updatedAt],
    ],
    out,
  );
}

/** What a request of the source has to carry. */
function proofOf({ scheme, signature }: Pick<WebhookSource, 'scheme' | 'signature'>): string {
  switch (scheme) {
    case 'standard':
      return 'webhook-id, webhook-timestamp, webhook-signature (Standard Webhooks)';
    case 'github':
      return 'X-Hub-Signature-256, as GitHub signs with the secret of a webhook';
    case 'hmac-sha256': {
      const { header = 'X-Signature', encoding = 'hex', prefix = '' } = signature ?? {};
      return `${header}: ${prefix}<HMAC-SHA256 of the body in ${encoding}>`;
    }
    case 'bearer':
      return 'Authorization: Bearer <secret>';
    default:
      return scheme;
  }
}
