import type { Identity } from '@gradewire/sdk';

/** An identity for a person: `github ada`. */
export function identityText(identity: Identity): string {
  return Object.entries(identity)
    .map(([kind, text]) => `${kind} ${text}`)
    .join(', ');
}
