import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const AGENT = fileURLToPath(new URL('../../../../parts/agent.ts', import.meta.url));

/** Starts an agent beside this process, in the same container. The container ends when either does. */
export const startCompanion = (): void => {
  const agent = spawn(process.execPath, [AGENT], {
    stdio: 'inherit',
    env: { ...process.env, STARLANE_AGENT_WITHIN: 'yes' },
  });
  agent.on('exit', (code) => process.exit(code ?? 1));
  process.on('exit', () => agent.kill());
};
