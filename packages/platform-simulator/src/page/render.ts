import type { Cell, LineItem } from '../world/types.ts';
import type { World } from '../world/world.ts';
import {
  type GradebookCourse,
  type GradebookRow,
  gradebookOf,
  type RecentChange,
  recentChanges,
} from './gradebook.ts';
import { Markup, markup } from './markup.ts';

const RECENT = 12;
const FRESH_MS = 6000;
export const DEFAULT_ROWS = 100;

export interface PageFacts {
  world: World;
  profileName: string;
  now: number;
  /** Students shown per course. */
  rows: number;
}

/** The whole page. The live part is `renderGradebook`, which the page's script fetches again after each change. */
export function renderPage(facts: PageFacts): string {
  return markup`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Gradebook · sandbox platform</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/_sim/page.css">
<script src="/_sim/page.js" defer></script>
</head>
<body>
<a class="skip" href="#gradebook">Skip to the gradebook</a>
<header>
<div>
<p class="eyebrow">Sandbox platform · ${facts.profileName}</p>
<h1>Gradebook</h1>
</div>
<p class="live" role="status"><span aria-hidden="true" class="dot"></span><span id="live">Reload to refresh</span></p>
</header>
<main id="gradebook" tabindex="-1" data-rows="${facts.rows}">${new Markup(renderGradebook(facts))}</main>
<footer><p>A fake learning platform for trying out grade passback. Its whole state is at <a href="/_sim/state">/_sim/state</a>.</p></footer>
</body>
</html>
`.html;
}

/** The live part: newest changes, then a table for each course. */
export function renderGradebook(facts: PageFacts): string {
  const changes = recentChanges(facts.world, RECENT);
  return markup`
<section aria-labelledby="newest"><h2 id="newest">Newest</h2>
${
  changes.length === 0
    ? markup`<p class="empty">No grade yet. As soon as a score arrives it stands here.</p>`
    : markup`<ol class="changes">${changes.map((each) => renderChange(each, facts.now))}</ol>`
}</section>
${gradebookOf(facts.world).map((course) => renderCourse(course, facts))}`.html;
}

const EFFECTS = { graded: '', cleared: 'cleared', kept: 'progress', rescaled: 'rescaled' } as const;

function renderChange({ change, member, item }: RecentChange, now: number): Markup {
  const what = EFFECTS[change.effect];
  const fresh = now - change.at < FRESH_MS ? ' fresh' : '';
  return markup`<li class="change${fresh}"><span class="who">${member.name}</span>
<span class="what">${item.label}</span>
<span class="score">${what === '' ? markup`${points(change.score)}<small> / ${points(item.scoreMaximum)}</small>` : markup`<em>${what}</em>`}</span>
<span class="when">${change.by === 'teacher' ? 'teacher, ' : ''}${timeTag(change.at)}</span></li>`;
}

function renderCourse({ course, columns, rows, graded }: GradebookCourse, facts: PageFacts): Markup {
  const shown = rows.slice(0, facts.rows);
  const id = `course-${course.id}`;
  return markup`<section aria-labelledby="${id}"><h2 id="${id}">${course.title}</h2>
<p class="summary">${graded} of ${rows.length} students have a grade${course.concluded ? ' · concluded' : ''}</p>
<div class="scroll" role="region" aria-labelledby="${id}" tabindex="0"><table>
<thead><tr><th scope="col">Student</th>${columns.map(renderColumn)}</tr></thead>
<tbody>${shown.map((row) => renderRow(row, columns, facts.now))}</tbody>
</table></div>
${
  shown.length < rows.length
    ? markup`<p class="more">${rows.length - shown.length} more: <a href="/?rows=${rows.length}">show all ${rows.length}</a></p>`
    : ''
}</section>`;
}

function renderColumn(item: LineItem): Markup {
  const notes = [
    item.origin === 'orphan' ? 'orphan' : '',
    item.locked ? 'locked' : '',
    item.published ? '' : 'unpublished',
    item.foreign ? 'another tool’s' : '',
  ].filter(Boolean);
  return markup`<th scope="col" class="num">${item.label}<small>of ${points(item.scoreMaximum)}${notes.length === 0 ? '' : ` · ${notes.join(', ')}`}</small></th>`;
}

function renderRow({ member, cells }: GradebookRow, columns: LineItem[], now: number): Markup {
  const note = member.status === 'suspended' ? ' · suspended' : '';
  return markup`<tr><th scope="row">${member.name}<small>${member.userId}${note}</small></th>${columns.map((item, index) => renderCell(item, cells[index], now))}</tr>`;
}

function renderCell(item: LineItem, cell: Cell | undefined, now: number): Markup {
  if (!cell) return markup`<td class="num none"><span aria-label="no grade">–</span></td>`;
  const share = cell.score === null || item.scoreMaximum <= 0 ? 0 : cell.score / item.scoreMaximum;
  const step = Math.round(Math.min(1, Math.max(0, share)) * 10);
  const marks = [cell.locked ? 'locked' : '', cell.editedByTeacher ? 'teacher' : ''].filter(Boolean);
  const comment = cell.comments.at(-1);
  return markup`<td class="num${now - cell.updatedAt < FRESH_MS ? ' fresh' : ''}"><span class="points">${points(cell.score)}</span>
<span class="bar s${step}" aria-hidden="true"></span>
<small>${timeTag(cell.updatedAt)}${marks.length === 0 ? '' : ` · ${marks.join(', ')}`}${cell.attempts > 0 ? ` · attempt ${cell.attempts}` : ''}</small>
${comment === undefined || comment === '' ? '' : markup`<details><summary>comment</summary><p>${comment}</p></details>`}</td>`;
}

function timeTag(ms: number): Markup {
  const iso = new Date(ms).toISOString();
  return markup`<time datetime="${iso}">${iso.slice(0, 19).replace('T', ' ')} UTC</time>`;
}

function points(value: number | null): string {
  return value === null ? '–' : String(Math.round(value * 100) / 100);
}
