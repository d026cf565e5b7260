import { emulatedForecasts } from '../hosts/local/io/emulated-forecast.ts';
import { runWorker } from '../router/standalone/io/run-worker.ts';

// One of the processes that share the port of `starlane router`, which starts it.
runWorker(emulatedForecasts());
