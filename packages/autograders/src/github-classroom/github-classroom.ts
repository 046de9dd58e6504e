import type { CsvTable } from '../csv.ts';
import type { AdapterSettings, Reading } from '../grade.ts';
import { isObject, type JsonObject } from '../json-value.ts';
import type { SenderDocument } from '../parse-document.ts';
import { failed, ignored, readingOf } from '../reading.ts';
import { readCheckRun } from './check-run.ts';
import { looksLikeGradeRows, readGradeRows } from './grade-rows.ts';
import { readRunnerReport } from './runner-report.ts';

const HINT =
  'Known are the event check_run, the results of graders that a step of a workflow sends, and the grades that GitHub Classroom exports.';

/** Reads what comes of a GitHub Classroom: events of its organisation, reports of workflows, and exported grades. */
export function readGithubClassroom(document: SenderDocument, settings: AdapterSettings): Reading {
  const { value, event } = document;
  if (document.kind === 'csv') {
    const table = value as CsvTable;
    if (!looksLikeGradeRows(table)) return failed('its columns are not those of a grades export', HINT);
    return readRows(
      table.rows.map(({ cells }) => cells),
      settings,
    );
  }
  if (Array.isArray(value)) return readRows(value, settings);
  if (!isObject(value)) return failed('is nothing of GitHub Classroom', HINT);
  if ('runner_results' in value) return readingOf([readRunnerReport(value, settings)], settings);
  return readEvent(value, event ?? eventOf(value), settings);
}

function readRows(rows: readonly unknown[], settings: AdapterSettings): Reading {
  return readingOf(readGradeRows(rows, settings), settings);
}

function readEvent(payload: JsonObject, event: string | undefined, settings: AdapterSettings): Reading {
  switch (event) {
    case undefined:
      return failed('is nothing of GitHub Classroom', HINT);
    case 'check_run':
      return readCheckRun(payload, settings);
    case 'ping':
      return ignored('GitHub tries whether its webhook works');
    case 'workflow_run':
      return ignored('the event workflow_run carries no points');
    default:
      return ignored('an event that carries no points');
  }
}

/** For a payload without GitHub's header, such as one that was saved to a file. */
function eventOf(payload: JsonObject): string | undefined {
  if ('check_run' in payload) return 'check_run';
  if ('workflow_run' in payload) return 'workflow_run';
  return 'zen' in payload && 'hook_id' in payload ? 'ping' : undefined;
}
