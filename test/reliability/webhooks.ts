import type { Attack } from './attack.ts';
import { webhooksForged } from './webhooks/forged.ts';
import { webhooksMappings } from './webhooks/mappings.ts';
import { webhooksNothingLost } from './webhooks/nothing-lost.ts';

/** What autograders send counts, once, and nothing that others send does. */
export const webhooksAttacks: readonly Attack[] = [webhooksNothingLost, webhooksForged, webhooksMappings];
