import type { EncryptionKeyStatus } from '@gradewire/sdk';
import { defineCommand } from '../command/command.ts';
import { EXIT } from '../command/exit-code.ts';
import { renderTable } from '../terminal/table.ts';
import type { Terminal } from '../terminal/terminal.ts';

export const encryptionKeyStatus = defineCommand({
  words: ['encryption-key', 'status'],
  summary: 'Show what lies sealed with which encryption key',
  flags: {},
  async run({ gradewire, out, json, signal }) {
    const status = await gradewire().encryptionKey.status({ signal });
    if (json) out.line(JSON.stringify(status));
    else printEncryptionStatus(status, out);
    return EXIT.ok;
  },
});

/** The counts, and what may be done now. */
export function printEncryptionStatus(
  { keyName, previousKey, secrets }: EncryptionKeyStatus,
  out: Terminal,
): void {
  const titles = ['Secrets', `Current (${keyName})`, `Previous (${previousKey?.name ?? 'none'})`, 'Unknown'];
  const rows = secrets.map(({ kind, current, previous, unknown }) => [
    kind,
    String(current),
    String(previous),
    String(unknown),
  ]);
  out.line(
    renderTable(
      titles.map((title) => ({ title })),
      rows,
      out.paint,
    ),
  );
  if (secrets.some(({ unknown }) => unknown > 0)) {
    out.line(
      '\nSome are sealed with a key that is not here: start with it as GRADEWIRE_ENCRYPTION_KEY_PREVIOUS.',
    );
  }
  if (!previousKey) return;
  out.line(
    previousKey.mayBeRemoved
      ? '\nGRADEWIRE_ENCRYPTION_KEY_PREVIOUS may be removed.'
      : '\nGRADEWIRE_ENCRYPTION_KEY_PREVIOUS is still needed: gradewire encryption-key reseal',
  );
}
