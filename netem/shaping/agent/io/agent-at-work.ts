import { get } from 'node:http';

/**
 * Resolves once the agent of this network namespace, which answers at `controlPort`, plays its paths. A server that starts to
 * listen only then never carries unshaped bytes, and has no old connections that the agent would have to cut.
 */
export const agentAtWork = async (controlPort: number): Promise<void> => {
  while (!(await isAtWork(controlPort))) await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
};

/** Not with `fetch`, which takes a part 40 ms of processor time to load when all of them start. */
const isAtWork = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const asked = get({ host: '127.0.0.1', port, path: '/live', timeout: ANSWER_MS }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    asked.on('timeout', () => asked.destroy());
    asked.on('error', () => resolve(false));
  });

const RETRY_MS = 100;
const ANSWER_MS = 1000;
