import { describe, expect, it } from 'vitest';
import { PROBLEMS } from '../http/problem.ts';
import { ROUTES } from '../routes/index.ts';
import { openApiDocument } from './openapi.ts';
import { problemsPage } from './pages.ts';

const document = openApiDocument(ROUTES);

describe('openApiDocument', () => {
  it('describes every route, under one id each', () => {
    expect(document.openapi).toMatch(/^3\.1/);
    const operations = Object.entries(document.paths!).flatMap(([path, item]) =>
      Object.entries(item as Record<string, { operationId: string }>).map(([method, { operationId }]) => ({
        route: `${method} ${path}`,
        operationId,
      })),
    );
    expect(operations.map(({ route }) => route).sort()).toEqual(
      ROUTES.map(({ method, path }) => `${method} ${path}`).sort(),
    );
    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(ROUTES.length);
  });

  it('has a schema for every reference', () => {
    const references = new Set(JSON.stringify(document).match(/#\/components\/schemas\/\w+/g));
    const names = Object.keys(document.components!.schemas!).map((name) => `#/components/schemas/${name}`);
    expect(names).toEqual(expect.arrayContaining([...references]));
    expect(references).toContain('#/components/schemas/ScoreInput');
  });

  it('describes the score with every field the contract has', () => {
    const score = document.components!.schemas!.ScoreInput as { properties: object; required: string[] };
    expect(Object.keys(score.properties).sort()).toEqual(
      [
        'platformId',
        'user',
        'userId',
        'scoreGiven',
        'scoreMaximum',
        'target',
        'activityProgress',
        'gradingProgress',
        'timestamp',
        'comment',
        'submission',
        'scoringUserId',
        'extensions',
        'force',
        'overwrite',
        'externalId',
        'metadata',
      ].sort(),
    );
    expect(score.required.sort()).toEqual(['platformId', 'target']);
  });

  it('lists the problem codes, in the document and as a page', () => {
    for (const code of Object.keys(PROBLEMS)) {
      expect(document.info.description).toContain(`\`${code}\``);
      expect(problemsPage()).toContain(`id="${code}"`);
    }
  });
});
