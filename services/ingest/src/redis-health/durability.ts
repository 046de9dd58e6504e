/** What Redis says about itself, as CONFIG GET and INFO spell it. A field it did not tell is absent. */
export interface DurabilityFacts {
  appendOnly?: boolean;
  appendFsync?: string;
  noAppendFsyncOnRewrite?: boolean;
  maxMemoryPolicy?: string;
  connectedReplicas?: number;
}

export type DurabilityMode = 'always' | 'everysec' | 'no' | 'none' | 'unknown';

export interface Durability {
  /** How an acknowledged write is kept: fsync `always`, `everysec` or left to the system (`no`); `none`: memory or snapshots only. */
  mode: DurabilityMode;
  /** Why scores are not accepted, in words an operator acts on. Empty: they are. */
  refusals: string[];
}

/** Judges whether scores may be accepted on such a Redis. What cannot be known is not held against it. */
export function judgeDurability(facts: DurabilityFacts, minReplicas: number): Durability {
  const refusals: string[] = [];
  if (facts.maxMemoryPolicy !== undefined && facts.maxMemoryPolicy !== 'noeviction') {
    refusals.push(
      `Redis may evict scores: set maxmemory-policy to noeviction (it is ${facts.maxMemoryPolicy}).`,
    );
  }
  if (facts.appendOnly !== false && facts.noAppendFsyncOnRewrite) {
    refusals.push('Redis stops fsync while it rewrites its log: set no-appendfsync-on-rewrite to no.');
  }
  if (facts.connectedReplicas !== undefined && facts.connectedReplicas < minReplicas) {
    refusals.push(`Redis has ${facts.connectedReplicas} replicas, ${minReplicas} are asked for.`);
  }
  return { mode: modeOf(facts), refusals };
}

function modeOf({ appendOnly, appendFsync }: DurabilityFacts): DurabilityMode {
  if (appendOnly === false) return 'none';
  if (appendOnly && (appendFsync === 'always' || appendFsync === 'everysec' || appendFsync === 'no')) {
    return appendFsync;
  }
  return 'unknown';
}
