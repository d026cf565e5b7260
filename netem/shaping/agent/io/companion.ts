import { spawn } from 'node:child_process';
import { dirname, extname, join } from 'node:path';
import { EXIT } from '../../../../core/process/exit-code.ts';

/** Starts the agent, whose file is beside that of this process, in the same container. The container ends when either does. */
export const startCompanion = (): void => {
  const own = process.argv[1]!;
  const agent = spawn(process.execPath, [join(dirname(own), `agent${extname(own)}`)], {
    stdio: 'inherit',
    env: { ...process.env, STARLANE_AGENT_WITHIN: 'yes' },
  });
  agent.on('exit', (code) => process.exit(code ?? EXIT.failed));
  process.on('exit', () => agent.kill());
};
