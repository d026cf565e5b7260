/** How many threads share the tasks of a command by itself. A thread takes about as long to start as it then takes for some thousand requests. */
export const usualWorkers = (tasks: number, requestsATask: number, cores: number): number =>
  Math.max(1, Math.min(tasks, cores, Math.floor((tasks * requestsATask) / REQUESTS_A_WORKER)));

const REQUESTS_A_WORKER = 5000;
