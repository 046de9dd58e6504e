import type { IdentityInput, WebhookScheme, WebhookSourceInput } from '@gradewire/sdk';
import { newSecret } from '../../support/webhook-proof.ts';

/** A grade as it came to be, before a sender writes it in its own words. */
export interface Graded {
  /** Which student of the class, from 0. */
  student: number;
  userId: string;
  email: string;
  lineItemUrl: string;
  scoreGiven: number;
  timestamp: string;
}

/** A source, and the sender that knows its secret. */
export interface Sender {
  sourceId: string;
  scheme: WebhookScheme;
  secret: string;
  lineItemUrl: string;
  source: WebhookSourceInput;
  /** Grades in one webhook, at most. */
  most: number;
  /** As `X-GitHub-Event`. */
  event?: string;
  write(grades: readonly Graded[]): object;
}

const scoreMaximum = 100;

/** What senders call a student; `PUT /v1/identities` is told it. */
const loginOf = (student: number) => `login-${student}`;
const senderIdOf = (student: number) => `s-${student}`;
const addressOf = (student: number) => `s${student}@grader.example`;

/** Who a student is by each of the names that senders have for them. */
export function identitiesOf(student: number, userId: string): IdentityInput[] {
  return [
    { identity: { github: loginOf(student) }, userId },
    { identity: { senderId: senderIdOf(student) }, userId },
    { identity: { email: addressOf(student) }, userId },
  ];
}

const timed = ({ scoreGiven, timestamp }: Graded) => ({ scoreGiven, scoreMaximum, timestamp });

const assignment = 'quiz';

/** As GitHub tells of a run of `autograding-grading-reporter` in the repository of a student. */
function checkRun([grade]: readonly Graded[]): object {
  const { student, scoreGiven, timestamp } = grade!;
  const login = loginOf(student);
  return {
    action: 'completed',
    check_run: {
      name: 'run-autograding-tests',
      status: 'completed',
      conclusion: 'success',
      started_at: timestamp,
      output: { title: null, summary: `Points ${scoreGiven}/${scoreMaximum}`, text: null },
    },
    repository: { name: `${assignment}-${login}`, owner: { login: 'springfield', type: 'Organization' } },
    sender: { login, type: 'User' },
  };
}

interface Place {
  platformId: string;
  /** Tells the senders of one column from those of another. */
  suffix: string;
  lineItemUrl: string;
}

function sender(
  { suffix, lineItemUrl, platformId }: Place,
  scheme: WebhookScheme,
  {
    name,
    ...rest
  }: Pick<Sender, 'most' | 'write'> & {
    name: string;
    event?: string;
    source: Pick<WebhookSourceInput, 'adapter'> & Partial<WebhookSourceInput>;
  },
): Sender {
  const secret = newSecret(scheme);
  const source = { platformId, scheme, secrets: [secret], target: { lineItemUrl }, ...rest.source };
  return { ...rest, sourceId: `${name}${suffix}`, scheme, secret, lineItemUrl, source };
}

/** Three senders for one column: a grader that signs, GitHub, and one with a token that knows some students by their ids. */
export function sendersFor(place: Place): Sender[] {
  return [
    sender(place, 'standard', {
      name: 'signing',
      source: { adapter: 'gradewire' },
      most: 4,
      write: (grades) => ({
        type: 'grades',
        timestamp: new Date().toISOString(),
        data: grades.map((grade) => ({ identity: { senderId: senderIdOf(grade.student) }, ...timed(grade) })),
      }),
    }),
    sender(place, 'github', {
      name: 'github',
      source: { adapter: 'github-classroom', assignment },
      event: 'check_run',
      most: 1,
      write: checkRun,
    }),
    sender(place, 'bearer', {
      name: 'token',
      source: { adapter: 'gradewire' },
      most: 4,
      write: (grades) => ({
        scores: grades.map((grade) => {
          const { student, userId } = grade;
          const who = student % 2 === 0 ? { userId } : { identity: { email: addressOf(student) } };
          return { ...who, ...timed(grade) };
        }),
      }),
    }),
  ];
}

/** A sender by whose words students are found in the roster of the launch. */
export function rosterSender(place: Place, launchId: string): Sender {
  return sender(place, 'standard', {
    name: 'roster',
    source: { adapter: 'gradewire', target: { launchId } },
    most: 4,
    write: (grades) => grades.map((grade) => ({ user: { email: grade.email }, ...timed(grade) })),
  });
}

const mappingBy = (points: string) =>
  `[runs.{"identity": {"github": login}, "scoreGiven": ${points}, "scoreMaximum": of, "timestamp": at}]`;

/** A sender of a format of its own, and what mends the mapping that its source begins with. */
export function mappedSender(place: Place): { sender: Sender; mended: WebhookSourceInput } {
  const made = sender(place, 'hmac-sha256', {
    name: 'mapped',
    source: { adapter: 'custom', mapping: mappingBy('$number(login)') },
    most: 4,
    write: (grades) => ({
      runs: grades.map(({ student, scoreGiven, timestamp }) => ({
        login: loginOf(student),
        points: scoreGiven,
        of: scoreMaximum,
        at: timestamp,
      })),
    }),
  });
  const { secrets: _, ...source } = made.source;
  return { sender: made, mended: { ...source, mapping: mappingBy('points') } };
}
