/** The page's style sheet. All text has a contrast of 4.5 or more in both colour schemes. */
export const PAGE_CSS = `:root {
  color-scheme: light dark;
  --ground: #f6f7f9; --sheet: #fff; --ink: #16202c; --soft: #52606f; --line: #d9dfe6;
  --accent: #0b5fae; --good: #14713d; --fresh: #fff3c4; --bar: #dde5ee;
  font: 16px/1.5 system-ui, sans-serif;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #10151b; --sheet: #181f28; --ink: #e8edf3; --soft: #a5b2c0; --line: #2d3742;
    --accent: #7cb8f5; --good: #66cf95; --fresh: #3d3413; --bar: #2b3643;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); }
header, main, footer { max-width: 76rem; margin: 0 auto; padding: 0 1.25rem; }
header { display: flex; justify-content: space-between; align-items: end; gap: 1rem; padding-top: 2rem; }
h1 { font-size: 2rem; line-height: 1.15; margin: 0; letter-spacing: -.02em; }
h2 { font-size: 1.15rem; margin: 0 0 .25rem; }
.eyebrow, .summary, .empty, .more, footer { color: var(--soft); margin: 0; }
.eyebrow { font-size: .85rem; }
.live { display: flex; align-items: center; gap: .5rem; margin: 0; color: var(--soft); font-size: .9rem; }
.dot { width: .6rem; height: .6rem; border-radius: 50%; background: var(--soft); }
.is-live .dot { background: var(--good); }
.skip { position: absolute; left: -99rem; }
.skip:focus { left: 1rem; top: 1rem; background: var(--sheet); padding: .5rem 1rem; }
section { background: var(--sheet); border: 1px solid var(--line); border-radius: .75rem; padding: 1.25rem; margin: 1.25rem 0; }
main:focus { outline: none; }
a { color: var(--accent); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: .2rem; }
small { color: var(--soft); font-size: .8rem; font-weight: 400; }
.changes { list-style: none; margin: .5rem 0 0; padding: 0; }
.change { display: grid; grid-template-columns: minmax(8rem, 1.2fr) minmax(8rem, 1.5fr) 8rem minmax(10rem, auto); gap: 1rem; padding: .4rem .5rem; border-top: 1px solid var(--line); }
.change:first-child { border-top: 0; }
.who { font-weight: 600; }
.what, .when { color: var(--soft); overflow-wrap: anywhere; }
.score { text-align: right; font-variant-numeric: tabular-nums; font-weight: 600; }
.when { text-align: right; font-size: .9rem; }
.scroll { overflow-x: auto; margin-top: .75rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .5rem .75rem; border-top: 1px solid var(--line); vertical-align: top; }
thead th { border-top: 0; font-size: .9rem; }
th small { display: block; }
tbody th { font-weight: 600; position: sticky; left: 0; background: var(--sheet); }
.num { text-align: right; font-variant-numeric: tabular-nums; min-width: 9rem; }
.points { font-weight: 600; }
.none { color: var(--soft); }
.bar { display: block; height: .25rem; border-radius: .2rem; margin: .3rem 0; background: linear-gradient(to right, var(--accent) var(--share, 0%), var(--bar) var(--share, 0%)); }
${Array.from({ length: 11 }, (_, step) => `.s${step} { --share: ${step * 10}%; }`).join('\n')}
.fresh { animation: fresh 6s ease-out forwards; }
@keyframes fresh { from, 50% { background: var(--fresh); } to { background: transparent; } }
details p { margin: .25rem 0 0; max-width: 40ch; text-align: left; white-space: pre-wrap; overflow-wrap: anywhere; }
summary { color: var(--accent); cursor: pointer; font-size: .8rem; }
footer { padding-bottom: 2rem; font-size: .9rem; }
@media (max-width: 44rem) {
  .change { grid-template-columns: 1fr auto; gap: .1rem 1rem; }
  .score { grid-area: 1 / 2; }
}
@media (prefers-reduced-motion: reduce) { .fresh { animation-timing-function: step-end; } }
`;

/** Fetches the live part again after each change; without it the page still shows everything. */
export const PAGE_JS = `'use strict';
const main = document.getElementById('gradebook');
const live = document.getElementById('live');
const source = new EventSource('/_sim/events');
let wanted = false;
let busy = false;

function localTimes() {
  for (const time of main.querySelectorAll('time')) {
    const at = new Date(time.dateTime);
    const today = at.toDateString() === new Date().toDateString();
    time.textContent = today ? at.toLocaleTimeString() : at.toLocaleString();
  }
}

async function refresh() {
  wanted = true;
  if (busy) return;
  busy = true;
  while (wanted) {
    wanted = false;
    try {
      const answer = await fetch('/_sim/gradebook.html?rows=' + main.dataset.rows);
      if (!answer.ok) break;
      const html = await answer.text();
      // A reader in the middle of a comment, or with the focus in a table, keeps what is on the screen.
      if (main.querySelector('details[open]')) break;
      const scrolls = [...main.querySelectorAll('.scroll')].map((each) => each.scrollLeft);
      const focused = [...main.querySelectorAll('.scroll')].indexOf(document.activeElement);
      main.innerHTML = html;
      localTimes();
      main.querySelectorAll('.scroll').forEach((each, index) => {
        each.scrollLeft = scrolls[index] || 0;
        if (index === focused) each.focus({ preventScroll: true });
      });
    } catch {
      break;
    }
  }
  busy = false;
}

source.addEventListener('change', refresh);
source.addEventListener('open', () => {
  live.textContent = 'Live';
  document.body.classList.add('is-live');
  refresh();
});
source.addEventListener('error', () => {
  live.textContent = 'Platform not reachable, trying again';
  document.body.classList.remove('is-live');
});
main.addEventListener('toggle', refresh, true);
localTimes();
`;
