import { appendFileSync } from 'node:fs';
import { registerHooks } from 'node:module';

/**
 * Preloaded into a process, it writes to the file that PROCESS_DIARY names: the URL of every module that the process loads,
 * and `exit` with its code where it ends by itself.
 */
const file = process.env.PROCESS_DIARY!;

const write = (line: string): void => appendFileSync(file, `${line}\n`);

registerHooks({
  load: (url, context, nextLoad) => {
    write(url);
    return nextLoad(url, context);
  },
});

process.on('exit', (code) => write(`exit ${code}`));
