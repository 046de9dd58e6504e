import type { LineItem } from '@gradewire/ags';
import { describe, expect, it } from 'vitest';
import { chooseLineItem, type LineItemKey } from './line-item-choice.ts';

const URL_OF = (id: string) => `https://lms.example/items/${id}`;

function item(id: string, key: LineItemKey): LineItem {
  return { id: URL_OF(id), label: id, scoreMaximum: 10, ...key };
}

function chosen(items: LineItem[], target: LineItemKey, usedBefore?: string) {
  const choice = chooseLineItem(items, target, usedBefore && URL_OF(usedBefore));
  if (choice.kind === 'one') return choice.warning ? `${choice.item.label} (warned)` : choice.item.label;
  return choice.kind === 'none' ? 'none' : choice.items.map(({ label }) => label);
}

describe('chooseLineItem', () => {
  const onLink = item('link', { resourceLinkId: 'L', resourceId: 'other' });
  const quiz = item('quiz', { resourceLinkId: 'L', resourceId: 'quiz' });
  const quizLate = item('quiz-late', { resourceLinkId: 'L', resourceId: 'quiz', tag: 'late' });
  const loose = item('loose', { resourceId: 'quiz' });
  const named = item('named', { resourceId: 'L' });
  const elsewhere = item('elsewhere', { resourceLinkId: 'M', resourceId: 'quiz' });

  it.each<[string, LineItem[], LineItemKey, string | undefined, string | string[]]>([
    ['nothing there', [], { resourceLinkId: 'L' }, undefined, 'none'],
    [
      'the one on the link, whatever its resourceId',
      [onLink],
      { resourceLinkId: 'L', resourceId: 'quiz' },
      undefined,
      'link',
    ],
    [
      'several on the link, by resourceId',
      [onLink, quiz],
      { resourceLinkId: 'L', resourceId: 'quiz' },
      undefined,
      'quiz',
    ],
    [
      'several on the link, by tag',
      [quiz, quizLate],
      { resourceLinkId: 'L', resourceId: 'quiz', tag: 'late' },
      undefined,
      'quiz-late',
    ],
    [
      'several on the link, none of the resourceId',
      [onLink, quiz],
      { resourceLinkId: 'L', resourceId: 'lab' },
      undefined,
      'none',
    ],
    [
      'several that fit',
      [quiz, quizLate],
      { resourceLinkId: 'L', resourceId: 'quiz' },
      undefined,
      ['quiz', 'quiz-late'],
    ],
    [
      'several that fit, one used before',
      [quiz, quizLate],
      { resourceLinkId: 'L' },
      'quiz-late',
      'quiz-late (warned)',
    ],
    [
      'several that fit, the one used before gone',
      [quiz, quizLate],
      { resourceLinkId: 'L' },
      'gone',
      ['quiz', 'quiz-late'],
    ],
    ['filters ignored by the platform', [elsewhere, onLink], { resourceLinkId: 'L' }, undefined, 'link'],
    [
      'a platform that puts none on links',
      [loose, elsewhere],
      { resourceLinkId: 'L', resourceId: 'quiz' },
      undefined,
      'loose',
    ],
    ['made without a resourceId, on no link', [named], { resourceLinkId: 'L' }, undefined, 'named'],
    ['on another link only', [elsewhere], { resourceLinkId: 'L', resourceId: 'quiz' }, undefined, 'none'],
    [
      'by resourceId alone, on a link or not',
      [onLink, elsewhere],
      { resourceId: 'quiz' },
      undefined,
      'elsewhere',
    ],
    ['by resourceId and tag', [loose, quizLate], { resourceId: 'quiz', tag: 'late' }, undefined, 'quiz-late'],
    ['by resourceId, another tag wanted', [loose], { resourceId: 'quiz', tag: 'late' }, undefined, 'none'],
    [
      'exactly: not the only one on the link',
      [onLink],
      { resourceLinkId: 'L', resourceId: 'quiz', exact: true },
      undefined,
      'none',
    ],
    [
      'exactly: the one on the link that fits',
      [onLink, quiz, loose],
      { resourceLinkId: 'L', resourceId: 'quiz', exact: true },
      undefined,
      'quiz',
    ],
    [
      'exactly: one on no link, beside one that does not fit',
      [onLink, loose, elsewhere],
      { resourceLinkId: 'L', resourceId: 'quiz', exact: true },
      undefined,
      'loose',
    ],
    [
      'exactly: by tag alone',
      [quiz, quizLate],
      { resourceLinkId: 'L', tag: 'late', exact: true },
      undefined,
      'quiz-late',
    ],
    ['the same item twice in the list', [quiz, { ...quiz }], { resourceLinkId: 'L' }, undefined, 'quiz'],
    [
      'empty text for an absent id',
      [item('bare', { resourceLinkId: '', resourceId: 'quiz' })],
      { resourceLinkId: 'L', resourceId: 'quiz' },
      undefined,
      'bare',
    ],
  ])('%s', (_name, items, target, usedBefore, expected) => {
    expect(chosen(items, target, usedBefore)).toEqual(expected);
  });

  it('knows the one used before however its URL is spelled', () => {
    const choice = chooseLineItem(
      [quiz, quizLate],
      { resourceLinkId: 'L' },
      'HTTPS://LMS.example:443/items/quiz/',
    );
    expect(choice).toMatchObject({ kind: 'one', item: { label: 'quiz' } });
  });
});
