import { spawn } from 'node:child_process';
import { create } from '@bufbuild/protobuf';
import { Client, credentials } from '@grpc/grpc-js';
import { containerName } from '../../hosts/compose/container-name.ts';
import { docker } from '../../hosts/compose/io/docker.ts';
import {
  GenerateRequestSchema,
  type GenerateResponse,
  Inference,
} from '../../proto/gen/starlane/inference/v1/inference_pb.js';
import type { RunResult } from '../../report/summary-schema.ts';
import { serviceDefinition } from '../../services/grpc/service-definition.ts';
import type { Ended } from '../cli/starlane-process.ts';

/** A name that no other test, and no other copy of these tests, gives to a project. */
export const projectName = (what: string): string => `starlane-test-${what}-${process.pid}`;

/** Everything that the engine still has of a project: containers, networks and volumes; and images of ours without a name. */
export const leftOf = async (project: string): Promise<readonly string[]> => {
  const filter = ['--filter', `label=com.docker.compose.project=${project}`];
  const listed = await Promise.all([
    docker(['ps', '--all', ...filter, '--format', '{{.Names}}']),
    docker(['network', 'ls', ...filter, '--format', '{{.Name}}']),
    docker(['volume', 'ls', ...filter, '--format', '{{.Name}}']),
    docker(['image', 'ls', '--filter', 'dangling=true', '--filter', 'label=starlane.image', '--quiet']),
  ]);
  return listed.flatMap(linesOf);
};

/** Why a result is not valid, but for what a busy machine does to a process by itself. */
export const faultsOf = ({ invalidBecause }: Pick<RunResult, 'invalidBecause'>): readonly string[] =>
  invalidBecause.filter(
    (reason) =>
      !/^the load generator|^the event loop of|stood still|fell behind|fell silent|timing errors/.test(reason),
  );

export const linesOf = (text: string): readonly string[] => text.split('\n').filter((line) => line !== '');

/** Takes a project down whatever is left of it: for after a test, whether it passed or not. */
export const clean = async (project: string): Promise<void> => {
  await docker(['compose', '--project-name', project, 'down', '--volumes', '--remove-orphans', '--timeout', '1']);
};

/** Runs a command to its end with an environment of its own beside that of the test. */
export const command = (
  program: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Ended> =>
  new Promise((resolve, reject) => {
    const child = spawn(program, args, { env: { ...process.env, ...environment }, stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '';
    let err = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      err += text;
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, out, err }));
  });

/** Asks the router at `host:port` for an answer, and resolves to its tokens as they came. */
export const answerOf = (address: string, outputTokens: number, onFirst: () => void = () => {}): Promise<number> => {
  const method = serviceDefinition(Inference).generate!;
  const client = new Client(address, credentials.createInsecure(), { 'grpc.enable_http_proxy': 0 });
  const request = create(GenerateRequestSchema, {
    prompt: 'What is a star lane?',
    promptTokens: 6,
    maxOutputTokens: outputTokens,
    outputTokens,
  });
  return new Promise<number>((resolve, reject) => {
    let messages = 0;
    const stream = client.makeServerStreamRequest(
      method.path,
      method.requestSerialize,
      method.responseDeserialize,
      request,
      { deadline: Date.now() + 60_000, waitForReady: true } as never,
    );
    stream.on('data', ({ tokens }: GenerateResponse) => {
      if (messages++ === 0 && tokens > 0) onFirst();
    });
    stream.on('error', reject);
    stream.on('end', () => resolve(messages));
  }).finally(() => client.close());
};

/** How long an HTTP/2 ping takes from one container of a project to a node over one medium and back, the least of five, in ms. */
export const pingMs = async (project: string, from: string, to: string): Promise<number> => {
  const script = `
    const session = require('http2').connect('http://${to}');
    const pings = [];
    const ping = () => session.ping((error, ms) => {
      if (error) throw error;
      pings.push(ms);
      if (pings.length < 5) return ping();
      console.log(Math.min(...pings));
      process.exit();
    });
    session.on('connect', ping);`;
  return Number(await docker(['exec', containerName(project, from), 'node', '-e', script]));
};

/** Waits until `condition` holds, and fails with `what` when it does not within `withinMs`. */
export const eventually = async (
  what: string,
  condition: () => Promise<boolean>,
  withinMs = 120_000,
): Promise<void> => {
  const deadlineMs = performance.now() + withinMs;
  while (!(await condition())) {
    if (performance.now() > deadlineMs) throw new Error(`not so within ${withinMs / 1000} s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
};
