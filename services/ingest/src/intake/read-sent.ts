import {
  type CsvTable,
  type Grade,
  type Mapper,
  parseDocument,
  type Reading,
  readDocument,
  readScores,
  type SenderDocument,
} from '@gradewire/autograders';
import { isIdentity, type WaitingEntry, type WebhookSource } from '@gradewire/passback';
import { given } from '../schemas/given.ts';
import { fingerprintGrade, fingerprintProblem } from './fingerprint-grade.ts';
import { type Place, type Why, waiting } from './sieve.ts';

/** What a sender sent, as it came. */
export interface Sent {
  body: Buffer;
  contentType?: string;
  /** The sender's word for what happened (`X-GitHub-Event`). */
  event?: string;
  /** What its grades are dated by if they are not. */
  receivedAtMs: number;
}

/** A grade as it was read, but for those of its words for the student that cannot be any. */
export interface SentGrade extends Place {
  grade: Grade;
}

/** What was read of a delivery. `ignored`: it is no matter of grades. */
export type SentReading =
  | { ignored: string }
  | { ignored?: never; grades: SentGrade[]; problems: WaitingEntry[] };

type ReaderSource = Pick<WebhookSource, 'adapter' | 'mapping' | 'assignment' | 'defaults'>;

/** Reads what was sent by the adapter of its source. What cannot be read is told, never thrown. */
export async function readSent(
  { mapper }: { mapper: Pick<Mapper, 'map'> },
  source: ReaderSource,
  { body, contentType, event }: Pick<Sent, 'body' | 'contentType' | 'event'>,
): Promise<SentReading> {
  const parsed = parseDocument(body, contentType, event);
  if (!parsed.ok) return nothing({ reason: 'UNREADABLE', detail: parsed.detail });
  const reading = await readBy(source, parsed.document, mapper);
  if ('reason' in reading) return nothing(reading);
  if (reading.ignored !== undefined) return { ignored: reading.ignored };
  const { grades, problems } = reading;
  return {
    grades: grades.map((grade) => ({
      index: grade.index,
      fingerprint: fingerprintGrade(grade),
      grade: { ...grade, identities: grade.identities.filter(isIdentity) },
    })),
    problems: problems.map(({ index, detail, hint }) =>
      waiting(
        { index, fingerprint: fingerprintProblem({ index, detail }) },
        { reason: 'NO_GRADE', detail, ...(hint !== undefined && { hint }) },
      ),
    ),
  };
}

async function readBy(
  { adapter, mapping = '', assignment, defaults: { scoreMaximum } }: ReaderSource,
  document: SenderDocument,
  mapper: Pick<Mapper, 'map'>,
): Promise<Reading | Why> {
  const settings = given({ assignment, scoreMaximum });
  if (adapter !== 'custom') return readDocument(adapter, document, settings);
  const mapped = await mapper.map(mapping, mappable(document));
  if (!mapped.ok) return { reason: 'MAPPING_FAILED', detail: mapped.detail };
  const isEmpty = Array.isArray(mapped.value) && mapped.value.length === 0;
  return isEmpty ? { grades: [], problems: [], ignored: emptied } : readScores(mapped.value, settings);
}

/** What a mapping is given: JSON as it is, of a table its rows by the titles. */
function mappable({ kind, value }: SenderDocument): unknown {
  return kind === 'csv' ? (value as CsvTable).rows.map(({ cells }) => cells) : value;
}

/** The delivery as one part, which came to nothing. */
function nothing(why: Why): SentReading {
  const place = { index: 0, fingerprint: fingerprintProblem({ index: 0, detail: why.reason }) };
  return { grades: [], problems: [waiting(place, why)] };
}

const emptied = 'the mapping gives an empty list for it';
