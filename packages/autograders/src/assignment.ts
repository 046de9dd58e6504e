/**
 * Whether two names mean the same assignment: written alike but for case and blanks, or the one as GitHub makes names of repositories of the
 * other (`linked-lists` for `Linked lists`).
 */
export function isSameAssignment(a: string, b: string): boolean {
  if (evenName(a) === evenName(b)) return true;
  return (isSlug(a) || isSlug(b)) && slugOf(a) === slugOf(b);
}

/** What stands behind `assignment-` in the name of a repository; undefined when it does not begin so. */
export function afterAssignment(repository: string, assignment: string): string | undefined {
  const prefixes = [assignment, slugOf(assignment)].filter((name) => name !== '').map((name) => `${name}-`);
  const prefix = prefixes.find((begin) => repository.toLowerCase().startsWith(begin.toLowerCase()));
  return prefix && repository.slice(prefix.length);
}

function evenName(name: string): string {
  return name.normalize('NFKC').trim().replace(/\s+/g, ' ').toLowerCase();
}

function slugOf(name: string): string {
  const words = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .split(/[^a-z\d]+/);
  return words.filter(Boolean).join('-');
}

function isSlug(name: string): boolean {
  return name !== '' && slugOf(name) === name.toLowerCase();
}
