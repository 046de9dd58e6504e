/** A metric as an expression uses it, with the labels that the expression matches on it. */
export interface MetricUse {
  metric: string;
  labels: string[];
}

const WORDS = new Set(['and', 'or', 'unless', 'bool', 'offset', 'inf', 'nan', 'start', 'end']);
const LABEL_LISTS = new Set(['by', 'without', 'on', 'ignoring', 'group_left', 'group_right']);
const TOKEN =
  /"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|\$\{?\w+\}?|\d+(?:\.\d+)?[a-z]*|[a-zA-Z_:][\w:]*|=~|!~|[=!<>]=|[-+*/%^=<>(){}[\],]/g;

/**
 * The metrics and the grouping labels of a PromQL expression, found by its tokens. Throws on brackets that don't
 * match and on characters that PromQL (or Grafana's variables in it) doesn't have.
 */
export function readPromql(expression: string): { uses: MetricUse[]; grouping: string[] } {
  const tokens: string[] = expression.match(TOKEN) ?? [];
  const unread = expression.replace(TOKEN, '').trim();
  if (unread) throw new Error(`not PromQL: ${unread} in ${expression}`);
  checkBrackets(tokens, expression);

  const uses: MetricUse[] = [];
  const grouping: string[] = [];
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at]!;
    if (token === '[') at = tokens.indexOf(']', at);
    else if (LABEL_LISTS.has(token)) {
      if (tokens[at + 1] !== '(') continue;
      const end = tokens.indexOf(')', at);
      grouping.push(...tokens.slice(at + 2, end).filter((label) => label !== ','));
      at = end;
    } else if (/^[a-zA-Z_:]/.test(token) && !WORDS.has(token) && !opensCall(tokens, at)) {
      const end = tokens[at + 1] === '{' ? tokens.indexOf('}', at) : at;
      const labels = tokens
        .slice(at + 1, end)
        .filter((_, index, rest) => /^(=|!=|=~|!~)$/.test(rest[index + 1] ?? ''));
      uses.push({ metric: token, labels });
      at = end;
    }
  }
  return { uses, grouping };
}

/** A function, or an aggregation with its labels before the parenthesis: `sum by (le) (...)`. */
function opensCall(tokens: string[], at: number): boolean {
  return tokens[at + 1] === '(' || tokens[at + 1] === 'by' || tokens[at + 1] === 'without';
}

function checkBrackets(tokens: string[], expression: string): void {
  const closing: Record<string, string> = { '(': ')', '{': '}', '[': ']' };
  const open: string[] = [];
  for (const token of tokens) {
    if (closing[token]) open.push(closing[token]);
    else if (/^[)}\]]$/.test(token) && open.pop() !== token)
      throw new Error(`brackets don't match: ${expression}`);
  }
  if (open.length > 0) throw new Error(`brackets don't match: ${expression}`);
}
