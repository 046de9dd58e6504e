// npm run reliability [-- --short] [-- --profile PROFILE|all] [-- NAME...]: attacks the promises and writes docs/reliability.md.
// With --profile the attacks that are about no vendor in particular run on that one's platform; the page stays as it is.
import { readFile, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { PROFILES, type ProfileName } from '@gradewire/platform-simulator';
import type { Attack } from './attack.ts';
import { attacks } from './attacks.ts';

const page = new URL('../../docs/reliability.md', import.meta.url);
const begin = '<!-- figures: written by npm run reliability -->';
const end = '<!-- end of figures -->';

const { values, positionals: names } = parseArgs({
  allowPositionals: true,
  options: { short: { type: 'boolean' }, profile: { type: 'string' } },
});
const long = values.short !== true;
const profiles = Object.keys(PROFILES) as ProfileName[];
const wanted = values.profile === 'all' ? profiles : profiles.filter((name) => name === values.profile);
if (values.profile !== undefined && wanted.length === 0) {
  console.error(`no profile is called ${values.profile}; there are ${profiles.join(', ')}, and all`);
  process.exit(2);
}
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

/** Each chosen attack once, or on each of the wanted platforms that it can run on. */
function* runs(): Generator<{ attack: Attack; profile: ProfileName }> {
  for (const attack of attacks) {
    if (names.length > 0 && !names.includes(attack.name)) continue;
    if (values.profile === undefined) yield { attack, profile: attack.profile ?? 'generic' };
    else if (attack.profile) for (const profile of wanted) yield { attack, profile };
  }
}

let failed = 0;
for (const { attack, profile } of runs()) {
  const started = performance.now();
  const where = attack.profile ? ` on ${profile}` : '';
  console.log(`${attack.name}${where}: ${attack.how} (seed ${seed})`);
  const say = (text: string) => console.log(`  ${text}`);
  const { figure, broken } = await attack.run({ long, seed, profile, say });
  const seconds = Math.round((performance.now() - started) / 1_000);
  console.log(`  ${broken.length === 0 ? 'holds' : 'BROKEN'}: ${figure} (${seconds} s)`);
  for (const way of broken.slice(0, 20)) console.log(`    ${way}`);
  if (broken.length > 0) failed += 1;
  const verdict = broken.length === 0 ? figure : `**does not hold** (${broken.length} ways): ${figure}`;
  const when = new Date().toISOString().slice(0, 10);
  if (long && values.profile === undefined)
    await writeRow(attack, `${verdict} (${when}, ${seconds} s, seed ${seed})`);
}
process.exitCode = failed > 0 ? 1 : 0;
