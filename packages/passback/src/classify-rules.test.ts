import { describe, expect, it } from 'vitest';
import { TRANSPORT_RULES } from './common-rules.ts';
import { LINE_ITEM_RULES } from './line-item-rules.ts';
import { RESULTS_RULES } from './results-rules.ts';
import { SCORE_RULES } from './score-rules.ts';
import { TOKEN_RULES } from './token-rules.ts';

describe('the tables', () => {
  const rules = [...TRANSPORT_RULES, ...SCORE_RULES, ...TOKEN_RULES, ...LINE_ITEM_RULES, ...RESULTS_RULES];

  it('name a source in every row', () => {
    expect(rules.filter(({ source }) => source.length < 8)).toEqual([]);
  });

  it('hold texts in lower case, as they are looked for', () => {
    const texts = rules.flatMap((rule) => ('text' in rule && rule.text ? rule.text : []));
    expect(texts.filter((text) => typeof text === 'string' && text !== text.toLowerCase())).toEqual([]);
  });
});
