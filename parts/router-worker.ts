import { runWorker } from '../router/standalone/io/run-worker.ts';

// One of the processes that share the port of `starlane router`, which starts it.
runWorker(() => null);
