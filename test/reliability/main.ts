// npm run reliability [-- --short] [-- NAME...]: attacks the promises and writes docs/reliability.md.
import { readFile, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import type { Attack } from './attack.ts';
import { attacks } from './attacks.ts';

const page = new URL('../../docs/reliability.md', import.meta.url);
const begin = '<!-- figures: written by npm run reliability -->';
const end = '<!-- end of figures -->';

const names = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const long = !process.argv.includes('--short');
const seed = Number(process.env.GRADEWIRE_SEED ?? Math.floor(Math.random() * 2 ** 31));
const unknown = names.filter((name) => attacks.every((attack) => attack.name !== name));
if (unknown.length > 0) {
  console.error(
    `no attack is called ${unknown.join(', ')}; there are ${attacks.map(({ name }) => name).join(', ')}`,
  );
  process.exit(2);
}

const commandOf = (name: string) => `\`npm run reliability -- ${name}\``;
const machine = `${cpus().length} cores (${cpus()[0]?.model}), Node ${process.versions.node}`;

/** Puts the row of one attack into the page's table, in the order of the attacks; the other rows stay as they are. */
async function writeRow(attack: Attack, figure: string): Promise<void> {
  const text = await readFile(page, 'utf8');
  const from = text.indexOf(begin) + begin.length;
  const to = text.indexOf(end);
  const known = text.slice(from, to).split('\n');
  const rows = attacks.flatMap(({ name, promise, how }) => {
    if (name !== attack.name) return known.filter((line) => line.includes(commandOf(name)));
    return [`| ${promise} | ${how} | ${figure} | ${commandOf(name)} |`];
  });
  const table = ['| promise | attack | figure | command |', '| --- | --- | --- | --- |', ...rows].join('\n');
  await writeFile(page, `${text.slice(0, from)}\n\nMeasured on ${machine}.\n\n${table}\n\n${text.slice(to)}`);
}

let failed = 0;
for (const attack of attacks) {
  if (names.length > 0 && !names.includes(attack.name)) continue;
  const started = performance.now();
  console.log(`${attack.name}: ${attack.how} (seed ${seed})`);
  const { figure, broken } = await attack.run({ long, seed, say: (text) => console.log(`  ${text}`) });
  const seconds = Math.round((performance.now() - started) / 1_000);
  console.log(`  ${broken.length === 0 ? 'holds' : 'BROKEN'}: ${figure} (${seconds} s)`);
  for (const way of broken.slice(0, 20)) console.log(`    ${way}`);
  if (broken.length > 0) failed += 1;
  const verdict = broken.length === 0 ? figure : `**does not hold** (${broken.length} ways): ${figure}`;
  const when = new Date().toISOString().slice(0, 10);
  if (long) await writeRow(attack, `${verdict} (${when}, ${seconds} s, seed ${seed})`);
}
process.exitCode = failed > 0 ? 1 : 0;
