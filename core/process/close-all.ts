/**
 * Closes several things one after the other, whatever fails under way: the others are closed all the same, in the given order.
 * Rejects at the end with one line of all that failed.
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
