/** When the append-only file is forced to disk; `always` is what an acknowledged write needs to survive a power loss. */
export type AppendFsync = 'always' | 'everysec' | 'no';

/** The configuration of a private server as command line arguments; `overrides` win. */
export function serverArguments(appendfsync: AppendFsync, overrides: Record<string, string>): string[] {
  const settings: Record<string, string> = {
    appendonly: 'yes',
    appendfsync,
    'no-appendfsync-on-rewrite': 'no',
    save: '',
    'maxmemory-policy': 'noeviction',
    // The name before Redis 7, which newer servers know too, for hash-max-listpack-value.
    'hash-max-ziplist-value': '1024',
    ...overrides,
  };
  return Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
}
