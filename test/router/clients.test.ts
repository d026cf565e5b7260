import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { startRouter } from '../../hosts/io/live-router.ts';
import { parseScenario } from '../../scenario/scenario.ts';
import { topologyOf } from '../../scenario/topology.ts';
import { startNode } from '../services/node/io/node-under-test.ts';

/** What a reader copies, by the language of the block. */
const blocks = readFileSync('router/CLIENTS.md', 'utf8')
  .split(/\n(?=\*\*)/)
  .slice(1)
  .map((section) => {
    const [, name] = /^\*\*(.+?)\*\*/.exec(section)!;
    const [, language, code] = /\n```(js|sh)\n([\s\S]+?)```/.exec(section)!;
    return { name: name!, language: language!, code: code! };
  });

const run = promisify(execFile);

/** The text of the answer that a block prints, against the router at `port`. */
const outputOf = async (language: string, code: string, port: number): Promise<string> => {
  const here = code.replaceAll('50051', String(port));
  const [command, args] =
    language === 'sh' ? ['sh', ['-c', here]] : [process.execPath, ['--input-type=module', '--eval', here]];
  const { stdout } = await run(command as string, args as string[], { timeout: 170_000 });
  return language === 'sh'
    ? [...stdout.matchAll(/"text":\s*"((?:[^"\\]|\\.)*)"/g)]
        .map(([, text]) => JSON.parse(`"${text}"`) as string)
        .join('')
    : stdout;
};

test('the page shows four clients', () => {
  expect(blocks.map(({ name }) => name)).toEqual(['buf curl', '@grpc/grpc-js', 'Connect', 'nice-grpc']);
});

test.each(blocks)('$name reads an answer through the router as the page shows it', async ({ language, code }) => {
  const { node, events } = await startNode();
  const scenario = parseScenario(readFileSync('test/scenarios/pair.yaml', 'utf8'), 'pair.yaml');
  const topology = topologyOf(scenario);
  const router = await startRouter({
    scenario,
    topology,
    policy: 'round-robin',
    addresses: topology.endpoints.map(() => ({ host: '127.0.0.1', port: node.port })),
    doors: [{ host: '127.0.0.1', port: 0 }],
    drainMs: 0,
    emit: () => {},
  });
  try {
    const text = await outputOf(language, code, router.ready.port);
    expect(text.split(/\s+/).filter((word) => word !== '').length).toBeGreaterThanOrEqual(3);
    expect(events.filter((event) => event.kind === 'served')).toMatchObject([{ outcome: 'answered', tokens: 5 }]);
  } finally {
    await router.close({ isInterrupted: false });
  }
});
