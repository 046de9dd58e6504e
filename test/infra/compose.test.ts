import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { compose, composePath, ownServices } from './compose-file.ts';
import { readText, readYaml, root } from './repository.ts';

const text = readText(composePath);
const services = Object.entries(compose.services);

const seconds = (duration: string | undefined) => Number(/^(\d+)s$/.exec(duration ?? '')?.[1]);

describe('docker-compose.yml', () => {
  test('is a valid Compose file by the public schema', () => {
    const schema = JSON.parse(readText('infra/schemas/compose-spec.json')) as Record<string, unknown>;
    // The schema names its draft by https, which ajv knows by http only.
    delete schema.$schema;
    const validate = new Ajv({ strict: false, allErrors: true }).compile(schema);
    validate(readYaml(composePath));
    expect(validate.errors ?? []).toEqual([]);
    // The schema is the real one: it also refuses.
    expect(validate({ services: { ingest: { imagee: 'x' } } })).toBe(false);
  });

  test('holds the record, the two services, the sandbox platform and what watches them', () => {
    expect(Object.keys(compose.services).sort()).toEqual([
      'delivery',
      'grafana',
      'ingest',
      'prometheus',
      'redis',
      'sandbox',
    ]);
  });

  test('runs two delivery replicas and lets them drain', () => {
    expect(compose.services.delivery?.deploy?.replicas).toBe(2);
    expect(seconds(compose.services.delivery?.stop_grace_period)).toBeGreaterThanOrEqual(45);
  });

  test('starts the sandbox platform only when asked, and private networks are closed unless opened by hand', () => {
    const optional = services.filter(([, service]) => service.profiles).map(([name]) => name);
    expect(optional).toEqual(['sandbox']);
    for (const name of ['ingest', 'delivery']) {
      expect(compose.services[name]?.environment?.GRADEWIRE_ALLOW_PRIVATE_NETWORKS).toBe(
        // biome-ignore lint/suspicious/noTemplateCurlyInString: Compose's own syntax
        '${GRADEWIRE_ALLOW_PRIVATE_NETWORKS:-false}',
      );
    }
  });

  test.each(services)('%s is locked down and checked', (_name, service) => {
    expect(service.read_only).toBe(true);
    expect(service.cap_drop).toEqual(['ALL']);
    expect(service.security_opt).toEqual(['no-new-privileges:true']);
    expect(service.user).toBeDefined();
    expect(service.user).not.toMatch(/^(root|0)\b/);
    expect(service.healthcheck?.test.join(' ')).toMatch(/healthcheck\.mjs|redis-cli ping|wget/);
  });

  test.each(services)('%s publishes nothing beyond loopback', (_name, service) => {
    for (const port of service.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:[^:]*(:-\d+\})?:\d+$/);
  });

  test('Redis is reached by the two services alone, and publishes no port', () => {
    expect(compose.networks.record).toEqual({ internal: true });
    expect(compose.services.redis?.ports).toBeUndefined();
    expect(
      services
        .filter(([, service]) => service.networks?.includes('record'))
        .map(([name]) => name)
        .sort(),
    ).toEqual(['delivery', 'ingest', 'redis']);
  });

  test.each(services)('%s names an image with a version, and no host to fetch it from', (_name, service) => {
    expect(service.image).not.toMatch(/^[^/]*[.:][^/]*\//);
    if (!service.build) expect(service.image).toMatch(/:v?\d+\.\d+/);
  });

  test('has no secret of its own: each comes from outside or the start stops with a message', () => {
    const secrets = [...text.matchAll(/\$\{(\w*(?:PASSWORD|_KEY)\w*)([^}]*)\}/g)];
    expect(new Set(secrets.map((match) => match[1]))).toEqual(
      new Set([
        'GRADEWIRE_REDIS_PASSWORD',
        'GRADEWIRE_ENCRYPTION_KEY',
        'GRADEWIRE_ENCRYPTION_KEY_PREVIOUS',
        'GRADEWIRE_ADMIN_KEY',
        'GRAFANA_ADMIN_PASSWORD',
      ]),
    );
    // There is a previous key only while keys are changed.
    for (const [, name, rest] of secrets)
      expect(rest, name).toMatch(name!.endsWith('_PREVIOUS') ? /^:-$/ : /^:\?\S.+/);
  });

  test('every variable that it takes from outside is in the operations guide', () => {
    const guide = readText('docs/operations.md');
    const names = new Set([...text.matchAll(/(?<!\$)\$\{?([A-Z]\w+)/g)].map((match) => match[1]!));
    expect(names.size).toBeGreaterThan(5);
    expect([...names].filter((name) => !guide.includes(`\`${name}\``))).toEqual([]);
  });

  test.each(ownServices)('%s gets only variables that it reads', (name, service) => {
    const source = readText(
      name === 'sandbox' ? 'packages/platform-simulator/src/config.ts' : `services/${name}/src/config.ts`,
    );
    const unknown = Object.keys(service.environment ?? {}).filter((variable) => !source.includes(variable));
    expect(unknown).toEqual([]);
  });

  test('every file that it mounts or builds from exists', () => {
    const mounted = services
      .flatMap(([, service]) => service.volumes ?? [])
      .map((volume) => volume.split(':')[0]!);
    const named = mounted.filter((source) => !source.startsWith('.'));
    expect(named.filter((source) => !(source in compose.volumes))).toEqual([]);
    const files = [
      ...mounted.filter((source) => source.startsWith('.')),
      ...ownServices.map(([, service]) => service.build!.dockerfile),
    ];
    expect(files.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });
});
