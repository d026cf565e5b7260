import { workerData } from 'node:worker_threads';
import type { SimulatorData } from '../hosts/simulate/io/simulate-all.ts';
import { TaskRunner } from '../hosts/simulate/io/task-runner.ts';
import { TaskBoard } from '../hosts/simulate/task-board.ts';
import { geometryOf } from '../scenario/geometry-of.ts';

// One of the threads that `starlane simulate` shares its simulations among.
const { work, memory, memories } = workerData as SimulatorData;

export const { run } = new TaskRunner(work, {
  board: new TaskBoard(memory),
  geometry: geometryOf(work.scenario, memories),
});
