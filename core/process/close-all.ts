/**
 * Closes several things one after the other, in the given order. If one fails, the others are still closed.
 * Rejects at the end with one line that lists all failures.
 */
export const closeAll = async (closings: Iterable<() => Promise<unknown> | unknown>): Promise<void> => {
  const problems: string[] = [];
  for (const close of closings) {
    try {
      await close();
    } catch (error) {
      problems.push(error instanceof Error ? error.message : String(error));
    }
  }
  if (problems.length > 0) throw new Error(problems.join('; '));
};
