import { defineConfig } from 'vitest/config';

// Without `import`: Node would take it for `require` as well, and load ES modules where CommonJS was meant.
const conditions = ['@gradewire/source', 'node', 'module', 'default'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: ['@gradewire/source', 'node', 'default'] } },
  test: {
    include: ['packages/*/src/**/*.test.ts', 'services/*/src/**/*.test.ts', 'test/**/*.test.ts'],
    testTimeout: 20_000,
    hookTimeout: 60_000,
    pool: 'forks',
    // Many suites wait for processes rather than compute.
    maxWorkers: 2,
    execArgv: ['--conditions=@gradewire/source'],
    reporters: ['default', './test/summary-reporter.ts'],
  },
});
