import type { Reporter, TestModule, Vitest } from 'vitest/node';

/** Closes a run with two plain lines: which Redis it was, and `N passed, N failed, N skipped`, for whatever reads the log. */
export default class SummaryReporter implements Reporter {
  #vitest: Vitest | undefined;

  onInit(vitest: Vitest): void {
    this.#vitest = vitest;
  }

  onTestRunEnd(modules: ReadonlyArray<TestModule>): void {
    const count = { passed: 0, failed: 0, skipped: 0 };
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state !== 'pending') count[state] += 1;
      }
    }
    const { redis } = this.#vitest?.getRootProject().getProvidedContext() ?? {};
    process.stdout.write(`\nRedis: ${redis ?? 'none'}`);
    process.stdout.write(`\n${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped\n`);
  }
}
