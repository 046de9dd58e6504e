import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/longest-first.ts';

// Without `import`: Node would take it for `require` as well, and load ES modules where CommonJS was meant.
const conditions = ['@gradewire/source', 'node', 'module', 'default'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: ['@gradewire/source', 'node', 'default'] } },
  test: {
    include: ['packages/*/src/**/*.test.ts', 'services/*/src/**/*.test.ts', 'test/**/*.test.ts'],
    // What a machine needs that is ten times slower than it should be: nothing takes so long that works.
    testTimeout: 90_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 30_000, interval: 20 } },
    globalSetup: ['./test/global-setup.ts'],
    pool: 'forks',
    sequence: { sequencer: LongestFirst },
    // Many suites wait for processes rather than compute.
    maxWorkers: 3,
    execArgv: ['--conditions=@gradewire/source'],
    reporters: ['default', './test/summary-reporter.ts'],
  },
});
