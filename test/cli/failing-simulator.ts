import type { SimulationTask, TaskOutcome } from '../../hosts/simulate/io/simulated-run.ts';

/** A worker of simulations of which one policy throws and one ends the thread; every other task does nothing. */
export const run = async ({ policy }: SimulationTask): Promise<TaskOutcome> => {
  if (policy === 'throws') throw new Error('the table is too small');
  if (policy === 'exits') process.exit(7);
  await new Promise((resolve) => setTimeout(resolve, 50));
  return { summary: null, charts: null, answerTimes: null, fault: null };
};
