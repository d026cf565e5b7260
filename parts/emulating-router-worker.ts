import { emulatedForecasts } from '../hosts/local/io/emulated-forecast.ts';
import { runWorker } from '../router/standalone/io/run-worker.ts';

// As `router-worker.ts`, before the paths of a scenario (`--emulate`). It alone loads what reads scenarios, some 14 MiB.
runWorker(emulatedForecasts());
