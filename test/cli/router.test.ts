import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as grpc from '@grpc/grpc-js';
import { afterEach, expect, test } from 'vitest';
import { ROUTER_PROCESS } from '../../router/process-settings.ts';
import { type EchoClient, type EchoServer, echoClient, echoServer } from '../router/standalone/echo-server.ts';
import { StarlaneProcess, starlane } from './starlane-process.ts';

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  while (cleanUps.length > 0) await cleanUps.pop()!();
});

const serverOf = async (name: string): Promise<EchoServer> => {
  const server = await echoServer(name);
  cleanUps.push(() => server.close());
  return server;
};

const clientOf = (address: string): EchoClient => {
  const client = echoClient(address);
  cleanUps.push(() => client.close());
  return client;
};

const folderWith = (files: Readonly<Record<string, string>>): string => {
  const folder = mkdtempSync(join(tmpdir(), 'starlane-router-'));
  cleanUps.push(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
};

/** `starlane router` on free ports, once it is ready. */
const routerOf = async (...args: readonly string[]) => {
  const command = new StarlaneProcess('router', '--listen', '127.0.0.1:0', ...args);
  cleanUps.push(async () => {
    command.kill();
    await command.ended;
  });
  const address = await command.said(/^ready (.*)$/);
  const admin = args.includes('--admin') ? await command.said(/^admin (.*)$/) : '';
  return { command, address, admin };
};

const endpoint = (name: string, { port }: EchoServer): string[] => ['--endpoint', `${name}=127.0.0.1:${port}`];

const healthOf = async (admin: string) =>
  (await (await fetch(`http://${admin}/health`)).json()) as {
    readonly ok: boolean;
    readonly status: string;
    readonly workers: readonly { readonly pid: number; readonly ok: boolean }[];
    readonly endpoints: readonly string[];
  };

const countOf = async (admin: string, name: string): Promise<number> => {
  const text = await (await fetch(`http://${admin}/metrics`)).text();
  return [...text.matchAll(new RegExp(`^${name}(?:\\{.*\\})? (\\d+)$`, 'gm'))].reduce(
    (sum, [, n]) => sum + Number(n),
    0,
  );
};

const until = async (holds: () => Promise<boolean> | boolean): Promise<void> => {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 20));
};

test('calls of all four kinds of any service pass, and each endpoint gets its turn', async () => {
  const [a, b] = [await serverOf('A'), await serverOf('B')];
  const { address } = await routerOf(...endpoint('a', a), ...endpoint('b', b), '--policy', 'round-robin');
  const client = clientOf(address);
  expect(await client.one('x')).toEqual(['A:x']);
  expect(await client.many('y')).toEqual(['B:y0', 'B:y1', 'B:y2']);
  expect(await client.sum('1', '2', '3')).toEqual(['A:1+2+3']);
  const talk = client.talk();
  expect(await talk.say('hello')).toBe('B:hello');
  expect(await talk.say('again')).toBe('B:again');
  expect(await talk.end()).toEqual(['B:hello', 'B:again']);
});

test('the HTTP/2 of Node.js carries the bytes where the command line says so', async () => {
  const a = await serverOf('A');
  const args = [...endpoint('a', a), '--data-path', 'node-http2', '--admin', '127.0.0.1:0'];
  const { address, admin } = await routerOf(...args);
  expect(await healthOf(admin)).toMatchObject({ ok: true, dataPath: 'node-http2' });
  expect(await clientOf(address).one('x')).toEqual(['A:x']);
});

test('a configuration is loaded again under load: no request is lost, and streams go on where they began', async () => {
  const [a, b] = [await serverOf('A'), await serverOf('B')];
  const configOf = ({ port }: EchoServer): string =>
    `listen: 127.0.0.1:0\nendpoints:\n  it: { address: "127.0.0.1:${port}" }\npolicy: peak-ewma\n`;
  const folder = folderWith({ 'router.yaml': configOf(a) });
  const file = join(folder, 'router.yaml');
  const { command, address, admin } = await routerOf('--config', file, '--workers', '2', '--admin', '127.0.0.1:0');
  const clients = Array.from({ length: 6 }, () => clientOf(address));
  const talks = clients.map((client) => client.talk());
  for (const talk of talks) expect(await talk.say('before')).toBe('A:before');
  let isOver = false;
  const outcomes = new Map<string, number>();
  const load = clients.map(async (client) => {
    while (!isOver) {
      const outcome = `${await client.one('x')}`;
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }
  });
  writeFileSync(file, configOf(b));
  command.signal('SIGHUP');
  await command.said(/loaded: 1 endpoint/);
  const served = b.served();
  await until(() => b.served() > served + 50);
  isOver = true;
  await Promise.all(load);
  expect([...outcomes.keys()].sort()).toEqual(['A:x', 'B:x']);
  for (const client of clients) expect(await client.one('after')).toEqual(['B:after']);
  for (const talk of talks) {
    expect(await talk.say('after')).toBe('A:after');
    expect(await talk.end()).toEqual(['A:before', 'A:after']);
  }
  const requests = [...outcomes.values()].reduce((sum, count) => sum + count, 0) + 2 * clients.length;
  expect(await countOf(admin, 'starlane_router_requests_total')).toBe(requests);
  expect(await countOf(admin, 'starlane_router_answered_total')).toBe(requests);

  writeFileSync(file, configOf(a).replace('peak-ewma', 'peek-ewma'));
  command.signal('SIGHUP');
  expect(await command.said(/not loaded: (.*)/)).toBe(
    `${file}:4:9: policy is "peek-ewma", did you mean "peak-ewma"?; what was loaded before stays`,
  );
  expect(await clients[0]!.one('still')).toEqual(['B:still']);
});

test('with --watch an edit of the file is loaded, a mistake in it is told and changes nothing, and metrics count both', async () => {
  const [a, b] = [await serverOf('A'), await serverOf('B')];
  const file = (policy: string): string =>
    `admin: { listen: "127.0.0.1:0" }\npolicy: ${policy}\nendpoints: { a: { address: "127.0.0.1:${a.port}" }, b: { address: "127.0.0.1:${b.port}" } }\n`;
  const folder = folderWith({ 'router.yaml': file('random') });
  const config = join(folder, 'router.yaml');
  const { command } = await routerOf('--config', config, '--watch');
  const admin = await command.said(/^admin (.*)$/);
  writeFileSync(`${config}.new`, file('no-such'));
  renameSync(`${config}.new`, config);
  expect(await command.said(/not loaded: (.*); what was loaded before stays/)).toMatch(
    /router\.yaml:2:9: policy is "no-such"/,
  );
  writeFileSync(config, file('round-robin'));
  expect(await command.said(/loaded: (2 endpoints.*)$/)).toBe('2 endpoints, policy round-robin');
  const metrics = await (await fetch(`http://${admin}/metrics`)).text();
  expect(metrics).toContain('starlane_router_config_reloads_total{result="loaded"} 1\n');
  expect(metrics).toContain('starlane_router_config_reloads_total{result="refused"} 1\n');
  const { code, err } = await starlane('router', ...endpoint('a', a), '--watch');
  expect([code, err]).toEqual([2, 'starlane: --watch is given without a file, expected --config FILE beside it\n']);
});

test('a worker that is killed costs its own streams only, and another takes its place', async () => {
  const a = await serverOf('A');
  const { command, address, admin } = await routerOf(...endpoint('a', a), '--workers', '2', '--admin', '127.0.0.1:0');
  const talks = Array.from({ length: 24 }, () => clientOf(address).talk());
  for (const talk of talks) expect(await talk.say('before')).toBe('A:before');
  const counted = await countOf(admin, 'starlane_router_requests_total');
  expect(counted).toBe(24);
  const before = await healthOf(admin);
  process.kill(before.workers[0]!.pid, 'SIGKILL');
  await command.said(/worker 1 \(pid \d+\) ended by SIGKILL; another takes its place now/);
  await until(async () => {
    const { workers } = await healthOf(admin);
    return workers.every(({ ok }) => ok) && workers[0]!.pid !== before.workers[0]!.pid;
  });
  const after = await Promise.all(talks.map((talk) => talk.say('after')));
  const lost = after.filter((word) => word.startsWith('over: ')).length;
  expect(after.filter((word) => word === 'A:after').length).toBe(24 - lost);
  expect(lost).toBeGreaterThan(0); // the kernel deals 24 connections to two: all to one in 1 of 8 million
  expect(lost).toBeLessThan(24);
  const calls = await Promise.all(Array.from({ length: 8 }, () => clientOf(address).one('new')));
  expect(calls).toEqual(calls.map(() => ['A:new']));
  expect(await countOf(admin, 'starlane_router_requests_total')).toBe(counted + 8);
});

test.runIf(process.platform === 'linux')('a worker is a process with the settings of one that routes', async () => {
  const { admin } = await routerOf(...endpoint('a', await serverOf('A')), '--admin', '127.0.0.1:0');
  const { workers } = await healthOf(admin);
  const listed = (file: string): readonly string[] =>
    readFileSync(`/proc/${workers[0]!.pid}/${file}`, 'utf8').split('\0');
  expect(listed('cmdline')).toEqual(expect.arrayContaining([...ROUTER_PROCESS.execArgv]));
  for (const [name, value] of Object.entries(ROUTER_PROCESS.env))
    expect(listed('environ')).toContain(`${name}=${value}`);
});

test('the process in front can deal out connections in turn, also while a worker is replaced', async () => {
  const a = await serverOf('A');
  const folder = folderWith({
    'router.yaml': `endpoints: { a: { address: "127.0.0.1:${a.port}" } }\nworkers: 2\nsharePort: cluster\n`,
  });
  const args = ['--config', join(folder, 'router.yaml'), '--admin', '127.0.0.1:0'];
  const { command, address, admin } = await routerOf(...args);
  await command.said(/2 workers, to which this process deals out connections \(node:cluster\)/);
  const talks = Array.from({ length: 8 }, () => clientOf(address).talk());
  for (const talk of talks) expect(await talk.say('before')).toBe('A:before');
  const { workers } = await healthOf(admin);
  process.kill(workers[1]!.pid, 'SIGKILL');
  const after = await Promise.all(talks.map((talk) => talk.say('after')));
  const lost = after.filter((word) => word.startsWith('over: ')).length;
  expect(after.filter((word) => word === 'A:after').length).toBe(8 - lost);
  expect(lost).toBeGreaterThan(0); // in turn is half of them, or about half where a worker is slow to take one
  expect(lost).toBeLessThan(8);
  await until(async () => (await healthOf(admin)).workers.every(({ ok, pid }) => ok && pid !== workers[1]!.pid));
  expect(await clientOf(address).one('new')).toEqual(['A:new']);
});

test('SIGTERM drains: open streams finish, and it ends with 0 and leaves no process', async () => {
  const a = await serverOf('A');
  const args = [...endpoint('a', a), '--workers', '2', '--admin', '127.0.0.1:0', '--drain-s', '60'];
  const { command, address, admin } = await routerOf(...args);
  const talk = clientOf(address).talk();
  expect(await talk.say('before')).toBe('A:before');
  command.signal('SIGTERM');
  await until(async () => (await healthOf(admin)).status === 'draining');
  expect(await talk.say('after')).toBe('A:after');
  expect(await talk.end()).toEqual(['A:before', 'A:after']);
  expect((await command.ended).code).toBe(0);
  expect(command.processes()).toEqual([]);
});

test('a drain is bounded, and a second signal ends the router at once', async () => {
  const a = await serverOf('A');
  const bounded = await routerOf(...endpoint('a', a), '--drain-s', '1');
  const talk = clientOf(bounded.address).talk();
  await talk.say('x');
  bounded.command.signal('SIGTERM');
  expect(await talk.over).toBe('UNAVAILABLE');
  expect((await bounded.command.ended).code).toBe(0);

  const hasty = await routerOf(...endpoint('a', a), '--drain-s', '300');
  const other = clientOf(hasty.address).talk();
  await other.say('x');
  hasty.command.signalAll('SIGINT');
  await hasty.command.said(/drains/);
  await new Promise((resolve) => setTimeout(resolve, 400)); // one press may come twice
  hasty.command.signalAll('SIGINT');
  expect((await hasty.command.ended).code).toBe(130);
  expect(await other.over).toBe('UNAVAILABLE');
  await until(() => hasty.command.processes().length === 0);
});

test('workers end with the process in front, however it ends', async () => {
  const a = await serverOf('A');
  const { command, address } = await routerOf(...endpoint('a', a), '--workers', '2');
  expect(await clientOf(address).one('x')).toEqual(['A:x']);
  command.kill();
  await until(() => command.processes().length === 0);
});

test('only clients with a known token are let in, and the token stays at the router', async () => {
  const a = await serverOf('A');
  const folder = folderWith({
    'tokens.txt': '# two users\nfirst-token\nsecond-token\n',
    'operator.txt': 'operator-token\n',
    'router.yaml': `
endpoints: { a: { address: "127.0.0.1:${a.port}" } }
auth: { bearerTokensFile: tokens.txt }
admin: { listen: "127.0.0.1:0", tokenFile: operator.txt }
`,
  });
  const { command, address } = await routerOf('--config', join(folder, 'router.yaml'));
  const admin = await command.said(/^admin (.*)$/);
  const client = clientOf(address);
  const bearing = (text: string): grpc.Metadata => {
    const metadata = new grpc.Metadata();
    metadata.set('authorization', text);
    return metadata;
  };
  expect(await client.one('x')).toBe('UNAUTHENTICATED');
  for (const wrong of ['Bearer other', 'Bearer first-tokens', 'Bearer', 'Basic first-token', 'first-token']) {
    expect(await client.one('x', bearing(wrong)), wrong).toBe('UNAUTHENTICATED');
  }
  expect(a.served()).toBe(0);
  expect(await client.one('x', bearing('Bearer second-token'))).toEqual(['A:x']);
  expect(a.last()!.get('authorization')).toEqual([]);

  const order = (name: string, token: string, body: string) =>
    fetch(`http://${admin}/admin/${name}`, { method: 'POST', headers: { authorization: `Bearer ${token}` }, body });
  expect((await order('reload', 'first-token', '')).status).toBe(401);
  const switched = await order('policy', 'operator-token', '{"policy":"random"}');
  expect(await switched.json()).toEqual({ policy: 'random', endpoints: ['a'] });
  writeFileSync(join(folder, 'tokens.txt'), 'third-token\n');
  expect(await (await order('reload', 'operator-token', '')).json()).toEqual({ policy: 'peak-ewma', endpoints: ['a'] });
  expect(await client.one('x', bearing('Bearer second-token'))).toBe('UNAUTHENTICATED');
  expect(await client.one('x', bearing('Bearer third-token'))).toEqual(['A:x']);

  writeFileSync(join(folder, 'operator.txt'), 'new-operator\n');
  expect((await order('reload', 'operator-token', '')).status).toBe(200);
  expect((await order('reload', 'operator-token', '')).status).toBe(401);
  expect((await order('reload', 'new-operator', '')).status).toBe(200);
});

test('wrong options and files end it with one line and code 2', async () => {
  const folder = folderWith({
    'key.yaml': 'endpoints:\n  a: { address: "127.0.0.1:1", mediun: laser }\n',
    'none.yaml': 'policy: random\n',
  });
  const key = join(folder, 'key.yaml');
  const none = join(folder, 'none.yaml');
  const lines: readonly (readonly [readonly string[], string])[] = [
    [[], '--endpoint is missing; expected NAME=HOST:PORT, or --config FILE'],
    [['--config', key], `${key}:2:32: endpoints.a.mediun is not a known key; did you mean "medium"?`],
    [
      ['--config', none],
      `${none}:1:1: endpoints has no endpoint, expected at least one, here or as --endpoint NAME=HOST:PORT`,
    ],
    [
      ['--endpoint', 'a=127.0.0.1:1,medium=copper'],
      '--endpoint is "a=127.0.0.1:1,medium=copper": "copper" is no medium, expected fibre or laser',
    ],
  ];
  for (const [args, line] of lines) {
    const { code, err } = await starlane('router', ...args);
    expect(err).toBe(`starlane: ${line}\n`);
    expect(code).toBe(2);
  }
});

test('a port that is in use ends it with one line and code 1, however many workers there are', async () => {
  const a = await serverOf('A');
  const { address } = await routerOf(...endpoint('a', a), '--workers', '2');
  for (const workers of ['1', '2']) {
    const { code, err } = await starlane('router', ...endpoint('a', a), '--listen', address, '--workers', workers);
    expect(err).toBe(`starlane: router cannot listen on ${address}: the port is in use\n`);
    expect(code).toBe(1);
  }
});

test('TLS on both sides: clients need a certificate, and the name of a server is checked', async () => {
  const pem = (name: string): string => join(process.cwd(), `test/router/standalone/tls/${name}.pem`);
  const read = (name: string): Buffer => readFileSync(pem(name));
  const chain = { private_key: read('server.key'), cert_chain: read('server') };
  const a = await echoServer('A', grpc.ServerCredentials.createSsl(read('ca'), [chain], true));
  cleanUps.push(() => a.close());
  const configOf = (serverName: string): string => `
endpoints:
  a:
    address: "127.0.0.1:${a.port}"
    tls: { ca: ${pem('ca')}, cert: ${pem('client')}, key: ${pem('client.key')}, serverName: ${serverName} }
tls: { cert: ${pem('router')}, key: ${pem('router.key')}, ca: ${pem('ca')}, clientCert: require }
`;
  const folder = folderWith({ 'router.yaml': configOf('server.example') });
  const { command, address } = await routerOf('--config', join(folder, 'router.yaml'));
  const callingWith = (credentials: grpc.ChannelCredentials): EchoClient => {
    const client = echoClient(address, credentials, 'router.example');
    cleanUps.push(() => client.close());
    return client;
  };
  const known = callingWith(grpc.credentials.createSsl(read('ca'), read('client.key'), read('client')));
  expect(await known.one('x')).toEqual(['A:x']);
  expect(await known.sum(...Array.from({ length: 40 }, () => 'y'.repeat(1000)))).toHaveLength(1);
  expect(await callingWith(grpc.credentials.createSsl(read('ca'))).one('x')).toBe('UNAVAILABLE');
  expect(await clientOf(address).one('x')).toBe('UNAVAILABLE');

  writeFileSync(join(folder, 'router.yaml'), configOf('other.example'));
  command.signal('SIGHUP');
  await command.said(/loaded: 1 endpoint/);
  expect(await known.one('x')).toBe('UNAVAILABLE');

  writeFileSync(
    join(folder, 'router.yaml'),
    configOf('server.example').replace(/, ca: [^,]*, clientCert: require/, ''),
  );
  command.signal('SIGHUP');
  await command.said(/not loaded: .*tls/);
  expect(await callingWith(grpc.credentials.createSsl(read('ca'))).one('x')).toBe('UNAVAILABLE');
});

test('the paths of a scenario delay what goes to real servers, each endpoint by its own', async () => {
  const [near, far] = [await serverOf('NEAR'), await serverOf('FAR')];
  const { address, admin } = await routerOf(
    ...['--emulate', 'test/scenarios/pair.yaml', '--policy', 'round-robin', '--admin', '127.0.0.1:0'],
    ...endpoint('frankfurt', near),
    ...endpoint('ashburn/fibre', far),
  );
  await until(async () => (await healthOf(admin)).endpoints.length === 2);
  const client = clientOf(address);
  const took: Record<string, number> = {};
  for (let call = 0; call < 6; call++) {
    const sentAtMs = performance.now();
    const answer = `${await client.one('x')}`;
    took[answer] = Math.min(took[answer] ?? Number.POSITIVE_INFINITY, performance.now() - sentAtMs);
  }
  // Light needs 39 ms there and back between London and Ashburn, and no relay is early. London and Frankfurt are 4 ms apart.
  expect(took['FAR:x']).toBeGreaterThan(39);
  expect(took['NEAR:x']).toBeGreaterThan(4);

  const pair = readFileSync('test/scenarios/pair.yaml', 'utf8');
  const knowing = pair.replace('{ site: london }', '{ site: london, knowledge: { kind: ephemeris } }');
  const file = join(folderWith({ 'knowing.yaml': knowing }), 'knowing.yaml');
  const args = ['--emulate', file, '--policy', 'ephemeris', '--admin', '127.0.0.1:0'];
  const other = await routerOf(...args, '--endpoint', `ashburn=127.0.0.1:${far.port},medium=laser`);
  await other.command.said(/ephemeris has no load reports until/);
  expect(await clientOf(other.address).one('x')).toEqual(['FAR:x']);
  const metrics = await (await fetch(`http://${other.admin}/metrics`)).text();
  const forecastS = /^starlane_router_endpoint_forecast_rtt_seconds\{endpoint="ashburn".*\} (.*)$/m.exec(metrics)![1];
  expect(Number(forecastS)).toBeGreaterThan(0.039);

  const { code, err } = await starlane('router', '--emulate', 'test/scenarios/pair.yaml', ...endpoint('ashburm', near));
  expect(err).toBe('starlane: endpoints.ashburm is no path and no node of the scenario; did you mean "ashburn"?\n');
  expect(code).toBe(2);
});

test('what its configuration asks for in vain is told when it starts, and when it is loaded again', async () => {
  const [a, b] = [await serverOf('A'), await serverOf('B')];
  const endpoints = `endpoints: { a: { address: "127.0.0.1:${a.port}" }, b: { address: "127.0.0.1:${b.port}" } }`;
  const folder = folderWith({ 'router.yaml': `${endpoints}\nhedge: { after: { ms: 50 } }\n` });
  const file = join(folder, 'router.yaml');
  const { command } = await routerOf('--config', file, '--watch');
  expect(await command.said(/(hedge has no effect: .*)$/)).toBe(
    'hedge has no effect: hedge.disjoint is medium, and all endpoints are over fibre; expected node or any',
  );
  writeFileSync(file, `${endpoints}\nfirstTokenTimeout: { timesPredicted: 3 }\n`);
  expect(await command.said(/(firstTokenTimeout has no effect: .*)$/)).toBe(
    'firstTokenTimeout has no effect: peak-ewma predicts no first token; expected ms, or ephemeris',
  );
});

test('an edit that comes while it starts is loaded, too', async () => {
  const [a, b] = [await serverOf('A'), await serverOf('B')];
  const text = (...servers: readonly EchoServer[]): string =>
    `policy: ephemeris\nendpoints: { ${servers.map(({ port }, index) => `s${index}: { address: "127.0.0.1:${port}" }`).join(', ')} }\n`;
  const file = join(folderWith({ 'router.yaml': text(a) }), 'router.yaml');
  const command = new StarlaneProcess('router', '--listen', '127.0.0.1:0', '--config', file, '--watch');
  cleanUps.push(async () => {
    command.kill();
    await command.ended;
  });
  await command.said(/ephemeris has no forecast/); // no worker serves yet
  writeFileSync(file, text(a, b));
  expect(await command.said(/loaded: (.*)$/)).toBe('2 endpoints, policy ephemeris');
});
