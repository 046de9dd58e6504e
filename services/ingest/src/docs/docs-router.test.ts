import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROUTES } from '../routes/index.ts';
import { docsRouter } from './docs-router.ts';

let server: Server;
let url: string;

beforeAll(async () => {
  server = createServer(express().use(docsRouter(ROUTES)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

describe('/docs', () => {
  it('loads nothing from elsewhere and nothing inline', async () => {
    const page = await fetch(`${url}/docs`);
    const html = await page.text();
    expect(page.headers.get('content-security-policy')).toContain("script-src 'self'");
    expect(html).not.toMatch(/https?:\/\//);
    expect(html).not.toMatch(/<script>|<style>/);
    const addresses = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address]) => address!);
    expect(addresses).toHaveLength(4);
    for (const address of addresses) {
      const asset = await fetch(new URL(address, url));
      expect([address, asset.status]).toEqual([address, 200]);
      await asset.body?.cancel();
    }
  });

  it('serves the document it reads', async () => {
    const document = await fetch(`${url}/openapi.json`);
    expect(document.headers.get('content-type')).toContain('application/json');
    expect(((await document.json()) as { openapi: string }).openapi).toBe('3.1.1');
    expect((await fetch(`${url}/docs/problems`)).status).toBe(200);
    expect((await fetch(`${url}/docs/package.json`)).status).toBe(404);
  });
});
