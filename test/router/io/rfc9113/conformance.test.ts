import { expect, test } from 'vitest';
import { clientCases } from './client-cases.ts';
import { inWords } from './node-bench.ts';
import { nodeCases } from './node-cases.ts';
import { nodeHttp2Answers, nodeHttp2Outcomes } from './node-http2-answers.ts';

const cell = (text: string): string => text.replaceAll('|', '\\|');

/** A row a case. */
const table = (
  who: string,
  cases: readonly { readonly name: string; readonly heard: string }[],
  others: ReadonlyMap<string, string>,
): string =>
  [
    `| Section | ${who} that | \`FrameProxy\` | \`Http2Proxy\` where it differs |`,
    '| --- | --- | --- | --- |',
    ...cases.map(({ name, heard }) => {
      const at = name.indexOf(': ');
      return `| ${[name.slice(0, at), name.slice(at + 2), heard, others.get(name) ?? ''].map(cell).join(' | ')} |`;
    }),
  ].join('\n');

const page = (): string => `# What each rule of HTTP/2 comes to

The tests write this page (\`npx vitest run --project integration test/router/io/rfc9113 -u\`), and fail where it says what is not so.

Answers are what the peer hears: \`"abc"\` of a body, \`grpc-status\` or \`:status\` of the end of an answer, RST_STREAM and GOAWAY with their
codes, "goes on" for nothing. After a GOAWAY with an error the connection is closed. RFC 9113 unless it says RFC 7541.

## A client

${table(
  'A client',
  clientCases.map(({ name, answer }) => ({ name, heard: answer })),
  nodeHttp2Answers,
)}

## A node

${table(
  'A node',
  nodeCases.map((one) => ({ name: one.name, heard: inWords(one) })),
  nodeHttp2Outcomes,
)}
`;

test('the page of conformance says what the tests claim', async () => {
  await expect(page()).toMatchFileSnapshot('conformance.md');
});

test.each([
  ['client', clientCases.map(({ name, answer }) => [name, answer] as const), nodeHttp2Answers],
  ['node', nodeCases.map((one) => [one.name, inWords(one)] as const), nodeHttp2Outcomes],
] as const)('each difference of node:http2 is one of a case of a %s', (_, cases, differences) => {
  const ours = new Map(cases);
  expect(ours.size).toBe(cases.length);
  for (const [name, answer] of differences) {
    expect(ours.has(name), name).toBe(true);
    expect(ours.get(name)).not.toBe(answer);
  }
});
