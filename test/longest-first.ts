import { BaseSequencer, type TestSpecification } from 'vitest/node';

const slow = ['/test/reliability/', '/test/e2e/', '/packages/cli/', '/services/', '/packages/passback/'];

/** Begins with what takes longest, so that the workers end together, on a machine too that has never run the tests. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const index = slow.findIndex((folder) => moduleId.includes(folder));
      return index === -1 ? slow.length : index;
    };
    return files.toSorted((a, b) => rank(a) - rank(b));
  }
}
