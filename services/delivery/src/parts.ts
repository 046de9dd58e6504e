import type { RetryPolicy } from '@gradewire/passback';
import type {
  LaunchStore,
  LineItemResolver,
  RosterCache,
  ScoreRecord,
  TokenCache,
} from '@gradewire/passback/redis';
import type { DeliveryEvents } from './events.ts';

/** What `deliverCell` needs of the world. */
export interface Parts {
  record: Pick<ScoreRecord, 'begin' | 'extend' | 'settle'>;
  tokens: Pick<TokenCache, 'get' | 'drop'>;
  lineItems: Pick<LineItemResolver, 'resolve' | 'forget' | 'hasMoved'>;
  launches: Pick<LaunchStore, 'get'>;
  rosters: Pick<RosterCache, 'get' | 'wasSeen'>;
  events: Pick<DeliveryEvents, 'attempted' | 'settled' | 'lineItemCreated' | 'lineItemChosen'>;
  retry: RetryPolicy;
  /** The longest that one request may take. A lease that ends sooner is renewed before anything is sent. */
  requestTimeoutMs: number;
  /** Milliseconds that only grow, also while the process is stopped. */
  monotonic: () => number;
  now: () => number;
  random: () => number;
}
