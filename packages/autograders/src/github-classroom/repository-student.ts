import { afterAssignment } from '../assignment.ts';
import type { Identity } from '../grade.ts';
import { problem } from '../reading.ts';

/** A repository of a student, and whoever set off what happened in it. */
export interface StudentRepository {
  name: string;
  owner?: string | undefined;
  /** Whose push or click it was; undefined when it was a bot's. */
  actor?: string | undefined;
}

/** Whom a repository belongs to: the first of these that is known; absent where nobody can tell. And the assignment, where it is sure. */
export interface RepositoryStudent {
  identities?: Identity[];
  assignment?: string;
}

/** Said of a repository whose student nobody can tell. */
export const UNTOLD = problem(
  "the repository's name does not tell where the login begins, and whoever ran the workflow is not its student",
  'Say in the source which assignment it is: the login is what follows its name. Or have the workflow send who the student is.',
);

/** GitHub's logins; those of managed users end with an underscore and a short code. */
const LOGIN = /^[a-z\d](?:-?[a-z\d])*(?:_[a-z\d]+)?$/i;
const MAX_LOGIN_LENGTH = 39;

/** The login as one that a person can have. A bot's, like `github-classroom[bot]`, is none. */
export function personLogin(login: string | undefined, type?: unknown): string | undefined {
  return login !== undefined && type !== 'Bot' && isLogin(login) ? login : undefined;
}

/**
 * Who it is that a repository `assignment-login` belongs to. Both parts may hold hyphens; an assignment that is known tells where the login
 * begins, and a repository that does not begin with it is of another. Else whoever set it off is the student if the name ends with their
 * login (or with a longer one, which is tried too), or if the repository is theirs. Otherwise it was a teacher or a bot, whose grade it is
 * not, and of several endings none is tried: `kim` of `hw1-anna-kim` is somebody else.
 */
export function studentOfRepository(repository: StudentRepository, assignment?: string): RepositoryStudent {
  if (assignment === undefined) return byEndings(repository);
  const { name, actor } = repository;
  const rest = afterAssignment(name, assignment);
  if (rest === undefined || namesOther(rest, actor)) return { assignment: name, ...byEndings(repository) };
  const login = sameLogin(rest, actor) ? actor : rest;
  return { identities: login !== undefined && isLogin(login) ? [{ github: login }] : [], assignment };
}

/** Whether the assignment's name goes on: `hw1-bonus-ada`, which ada pushed to, is not of `hw1`. */
function namesOther(rest: string, actor: string | undefined): boolean {
  return endingsOf(rest).some((ending) => sameLogin(ending, actor));
}

function byEndings({ name, owner, actor }: StudentRepository): RepositoryStudent {
  const endings = endingsOf(name);
  const own = endings.find((ending) => sameLogin(ending, actor));
  if (own !== undefined && actor !== undefined) {
    const longer = endings.slice(0, endings.indexOf(own));
    return { identities: [actor, ...longer].map(asIdentity), assignment: withoutEnding(name, own) };
  }
  if (actor !== undefined && sameLogin(owner, actor)) return { identities: [asIdentity(actor)] };
  const [only, ...others] = endings;
  if (only === undefined) return { identities: [] };
  return others.length > 0 ? {} : { identities: [asIdentity(only)], assignment: withoutEnding(name, only) };
}

/** What follows each hyphen, as far as it can be a login. */
function endingsOf(name: string): string[] {
  const hyphens = [...name.matchAll(/-/g)].map(({ index }) => index).filter((index) => index > 0);
  return hyphens.map((index) => name.slice(index + 1)).filter(isLogin);
}

function isLogin(text: string): boolean {
  return text.length <= MAX_LOGIN_LENGTH && LOGIN.test(text);
}

function sameLogin(a: string | undefined, b: string | undefined): boolean {
  return a !== undefined && a.toLowerCase() === b?.toLowerCase();
}

const withoutEnding = (name: string, ending: string) => name.slice(0, -ending.length - 1);

const asIdentity = (github: string): Identity => ({ github });
