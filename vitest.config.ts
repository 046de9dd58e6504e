import { defineConfig } from 'vitest/config';

const conditions = ['@gradewire/source', 'node', 'import', 'module', 'default'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: ['@gradewire/source', 'node', 'import', 'default'] } },
  test: {
    include: ['packages/*/src/**/*.test.ts', 'services/*/src/**/*.test.ts', 'test/**/*.test.ts'],
    testTimeout: 20_000,
    hookTimeout: 60_000,
    pool: 'forks',
    execArgv: ['--conditions=@gradewire/source'],
    reporters: ['default', './test/summary-reporter.ts'],
  },
});
