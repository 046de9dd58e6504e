const MAX_LENGTH = 2_000;

/**
 * The member `comment` of a score: the lines that say something, as one text that any gradebook takes. Nothing at all when no
 * line does.
 */
export function commentField(lines: readonly string[]): { comment?: string } {
  const text = lines
    .map((line) => clean(line).trim())
    .filter((line) => line !== '')
    .join('\n');
  return text === '' ? {} : { comment: cut(text, MAX_LENGTH) };
}

/** At most so many characters, with a sign that there were more. */
export function cut(text: string, maxLength: number): string {
  return text.length > maxLength ? `${text.slice(0, maxLength - 1).toWellFormed()}…` : text;
}

/** A line's name and points: `insert: 2/5`. */
export function pointsLine(name: string, score: number | undefined, maximum: number | undefined): string {
  if (score === undefined) return name;
  return `${name}: ${score}${maximum ? `/${maximum}` : ''}`;
}

/** Without half characters and control characters, which a score's comment may not hold or a platform may stumble over. */
function clean(text: string): string {
  return text.toWellFormed().replace(/[^\P{Cc}\n\t]/gu, '');
}
