import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { readConfig } from '../../../core/config/read-config.ts';
import { readPlan, type StandaloneFlags } from '../../../router/standalone/io/read-plan.ts';
import { standaloneSchema } from '../../../router/standalone/standalone-schema.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

const fileWith = (text: string, others: Readonly<Record<string, string>> = {}): string => {
  const folder = mkdtempSync(join(tmpdir(), 'starlane-plan-'));
  folders.push(folder);
  for (const [name, content] of Object.entries({ 'r.yaml': text, ...others }))
    writeFileSync(join(folder, name), content);
  return join(folder, 'r.yaml');
};

const planOf = (text: string, flags: Partial<StandaloneFlags> = {}, others = {}) =>
  readPlan({ endpoint: [], ...flags, config: fileWith(text, others) });

test('what a flag says counts more than the file, and an endpoint of a flag takes the place of its namesake', () => {
  const text = `
listen: 127.0.0.1:7000
endpoints:
  a: { address: "127.0.0.1:1", weight: 3 }
  b: { address: "[::1]:2", node: shared, medium: laser }
policy: random
workers: 4
`;
  const plan = planOf(text, {
    endpoint: ['a=host.example:9,weight=2,node=shared', 'c=127.0.0.1:3'],
    policy: 'round-robin',
    dataPath: 'node-http2',
    listen: '[::]:0',
    workers: 2,
    drainS: 3,
  });
  expect(
    plan.endpoints.map(({ name, node, weight, medium, address }) => [name, node, weight, medium, address]),
  ).toEqual([
    ['a', 'shared', 2, 'fibre', { host: 'host.example', port: 9 }],
    ['b', 'shared', 1, 'laser', { host: '::1', port: 2 }],
    ['c', 'c', 1, 'fibre', { host: '127.0.0.1', port: 3 }],
  ]);
  expect([plan.router.policy, plan.router.dataPath]).toEqual(['round-robin', 'node-http2']);
  expect(planOf(text).router.dataPath).toBe('frames');
  expect([plan.listen, plan.workers, plan.drainMs]).toEqual([{ host: '::', port: 0 }, 2, 3000]);
  expect([plan.routed, plan.tokenDigests, plan.tls, plan.admin]).toEqual([null, null, null, null]);
});

const pem = (name: string): string => readFileSync(`test/router/standalone/tls/${name}.pem`, 'utf8');

test('each mistake in a file is told with its place, its value and what was expected', () => {
  const mistakes: readonly (readonly [string, string])[] = [
    ['policy: oracle', '1:9: policy is "oracle", expected one of random, round-robin, weighted-round-robin'],
    ['endpoints:\n  a: { address: localhost }', '2:17: endpoints.a.address is "localhost", expected HOST:PORT'],
    ['endpoints:\n  a: { address: "h:0" }', '2:17: endpoints.a.address is "h:0", expected HOST:PORT'],
    ['endpoints:\n  a: { address: "h:70000" }', '2:17: endpoints.a.address is "h:70000", expected HOST:PORT'],
    ['routed: ["a/b"]', '1:10: routed[0] is "a/b", expected a service such as package.Service'],
    ['limits: { maxOutstanding: 0 }', '1:27: limits.maxOutstanding is 0, expected at least 1'],
    [
      'policies:\n  peak-ewma: { untried: 5 }',
      '2:16: policies.peak-ewma.untried is not a known key; did you mean "untriedMs"?',
    ],
    [
      'tls: { cert: c.pem, key: k.pem, clientCert: require }',
      '1:45: tls.clientCert is "require", expected ca beside clientCert',
    ],
    ['tls: { cert: c.pem, key: k.pem, ca: a.pem }', '1:37: tls.ca is "a.pem", expected clientCert: require beside ca'],
    ['auth: { bearerTokensFile: no.txt }', '1:27: auth.bearerTokensFile names a file that is of no use:'],
    ['auth: { bearerTokensFile: empty.txt }', '1:27: auth.bearerTokensFile names empty.txt, which has no token'],
    ['tls: { cert: empty.txt, key: empty.txt }', '1:14: tls.cert names empty.txt, expected a certificate in PEM'],
    [
      'tls: { cert: own.pem, key: own.pem }',
      '1:28: tls.key names own.pem, expected a private key without a passphrase',
    ],
    [
      'tls: { cert: own.pem, key: locked.pem }',
      '1:28: tls.key names locked.pem, expected a private key without a pass',
    ],
    ['tls: { cert: own.pem, key: other.pem }', '1:28: tls.key names other.pem, expected the key of the certificate in'],
    [
      'tls: { cert: own.pem, key: key.pem, ca: other.pem, clientCert: require }',
      '1:41: tls.ca names other.pem, expected a certificate in PEM',
    ],
    [
      'endpoints: { a: { address: "h:1", tls: { ca: empty.txt } } }',
      '1:46: endpoints.a.tls.ca names empty.txt, expected a certificate in PEM',
    ],
    [
      'endpoints: { a: { address: "h:1", tls: { cert: own.pem, key: other.pem } } }',
      '1:62: endpoints.a.tls.key names other.pem, expected the key of the certificate in own.pem',
    ],
  ];
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const files = {
    'empty.txt': '# nobody\n',
    'own.pem': pem('router'),
    'key.pem': pem('router.key'),
    'other.pem': pem('server.key'),
    'locked.pem': privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' }) as string,
  };
  for (const [text, line] of mistakes) {
    const whole = text.startsWith('endpoints') ? text : `${text}\nendpoints: { a: { address: "127.0.0.1:1" } }`;
    expect(() => planOf(whole, {}, files), text).toThrow(`r.yaml:${line}`);
  }
});

test('what cannot change while a router runs is refused, with its position', () => {
  const text = 'endpoints: { a: { address: "127.0.0.1:1" } }\nlisten: 127.0.0.1:7000\nworkers: 2\n';
  const running = planOf(text);
  const after = (changed: string) => () => readPlan({ endpoint: [], config: fileWith(changed) }, running);
  expect(after(text.replace(':1"', ':2"'))().endpoints[0]!.address.port).toBe(2);
  expect(after(text.replace('7000', '7001'))).toThrow(
    'r.yaml:2:9: listen is 127.0.0.1:7001 and was 127.0.0.1:7000, expected no change while the router runs',
  );
  expect(after(text.replace('workers: 2', 'workers: 3'))).toThrow('r.yaml:3:10: workers is 3 and was 2');
  expect(after(`${text}admin: { listen: "127.0.0.1:9464" }`)).toThrow(
    'r.yaml:4:18: admin.listen is 127.0.0.1:9464 and was nowhere',
  );
  expect(after(`${text}dataPath: node-http2`)).toThrow('r.yaml:4:11: dataPath is node-http2 and was frames');
});

test('the example of the README is a configuration', () => {
  const example = /```yaml\n([\s\S]*?)```/.exec(readFileSync('router/standalone/README.md', 'utf8'))![1]!;
  const { value } = readConfig(example, 'README.md', standaloneSchema);
  expect(Object.keys(value.endpoints)).toEqual(['ashburn/fibre', 'ashburn/laser', 'spare']);
});

test('an endpoint on the command line is read whole or refused', () => {
  const read = (text: string) => readPlan({ endpoint: [text] });
  expect(read('a=127.0.0.1:1,medium=laser,provider=x').endpoints[0]).toMatchObject({ medium: 'laser', provider: 'x' });
  expect(read('a=h:1,tls=true').endpoints[0]!.tls).toEqual({});
  const wrong: readonly (readonly [string, string])[] = [
    ['127.0.0.1:1', 'expected NAME=HOST:PORT'],
    ['a=h:0', 'expected NAME=HOST:PORT'],
    ['=h:1', 'expected NAME=HOST:PORT'],
    ['a=h:1,', '"", expected KEY=VALUE'],
    ['a=h:1,medium', '"medium", expected KEY=VALUE'],
    ['a=h:1,wieght=2', '"wieght" is no key; did you mean "weight"?'],
    ['a=h:1,weight=0', '"0" is no weight, expected a number above 0'],
    ['a=h:1,weight=1,weight=2', '"weight" is there twice'],
  ];
  for (const [text, line] of wrong) expect(() => read(text), text).toThrow(line);
  expect(() => readPlan({ endpoint: ['a=h:1', 'a=h:2'] })).toThrow('--endpoint names "a" twice');
});
