import { workerData } from 'node:worker_threads';
import type { SimulatorData } from '../hosts/simulate/io/simulate-all.ts';
import { TaskRunner } from '../hosts/simulate/io/task-runner.ts';
import { TaskBoard } from '../hosts/simulate/task-board.ts';

// One of the threads that `starlane simulate` shares its simulations among.
const { work, memory } = workerData as SimulatorData;

export const { run } = new TaskRunner(work, new TaskBoard(memory));
