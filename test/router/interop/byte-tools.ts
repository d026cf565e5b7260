import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { create, toBinary } from '@bufbuild/protobuf';
import { BytesValueSchema } from '@bufbuild/protobuf/wkt';
import type { CallKind } from './byte-client.ts';
import { type BytePlan, messageOf, PLAN_HEADER, sumOf } from './byte-plan.ts';
import type { ByteServer } from './byte-server.ts';
import { byteServiceImage } from './byte-service.ts';
import { bytesOf, type ExactCall } from './exact-calls.ts';

const run = promisify(execFile);

/** A tool that makes calls from the command line. */
export interface ByteTool {
  /** The command that tells its version. */
  readonly version: readonly string[];
  /** The kinds of calls that it makes. An answer of one message has two here, which buf refuses. */
  readonly kinds: readonly CallKind[];
  /** Makes calls one after the other. Returns a line for each fault. */
  run(calls: readonly ExactCall[], port: number, folder: string): Promise<readonly string[]>;
}

const ALL: readonly CallKind[] = ['one', 'collect', 'expand', 'talk'];

export const BYTE_TOOLS: Readonly<Record<string, ByteTool>> = {
  curl: {
    version: ['curl', '--version'],
    kinds: ALL,
    // A process a call: curl 7.88 fails with 16 where it uses a connection of prior knowledge again, with a gRPC server too.
    run: (calls, port, folder) =>
      faultsOf(calls, async (index) => {
        const call = calls[index]!;
        const headers = headersOf(call).flatMap((header) => ['-H', header]);
        const flags = [
          '--http2-prior-knowledge',
          '--silent',
          '--show-error',
          '--data-binary',
          `@${bodyFile(call, folder)}`,
        ];
        return (await run('curl', [...flags, ...headers, urlOf(call, port)], LIMITS)).stdout;
      }),
  },
  nghttp: {
    version: ['nghttp', '--version'],
    kinds: ALL,
    run: (calls, port, folder) =>
      faultsOf(calls, async (index) => {
        const call = calls[index]!;
        const headers = headersOf(call).map((header) => `-H${header}`);
        const args = ['--no-dep', `--data=${bodyFile(call, folder)}`, '-H:method: POST', ...headers, urlOf(call, port)];
        return (await run('nghttp', args, LIMITS)).stdout;
      }),
  },
  'buf curl': {
    version: ['buf', '--version'],
    kinds: ['expand', 'talk'],
    run: async (calls, port, folder) => {
      const schema = join(folder, 'bytes.binpb');
      writeFileSync(schema, byteServiceImage());
      return faultsOf(calls, async (index) => {
        const call = calls[index]!;
        const data = join(folder, 'message.json');
        writeFileSync(
          data,
          messagesUp(call)
            .map((message) => `"${message.toString('base64')}"`)
            .join('\n'),
        );
        const headers = [`-H${PLAN_HEADER}: ${planOf(call)}`];
        const flags = ['--protocol', 'grpc', '--http2-prior-knowledge', '--schema', schema, `--data=@${data}`];
        const { stdout } = await run('buf', ['curl', ...flags, ...headers, urlOf(call, port)], LIMITS);
        const lines = stdout.toString().match(/"[^"]*"/g) ?? [];
        return Buffer.concat(lines.map((line) => grpcMessage(Buffer.from(JSON.parse(line) as string, 'base64'))));
      });
    },
  },
};

/** h2load sends one call again and again and counts the bytes of the answers; the server has the sums of what came. */
export const h2load = async (
  call: ExactCall,
  calls: number,
  { server, port, folder }: { readonly server: ByteServer; readonly port: number; readonly folder: string },
): Promise<readonly string[]> => {
  const sum = sumOf(messagesUp(call));
  const before = server.received(sum);
  const headers = headersOf(call).map((header) => `-H${header}`);
  const args = [`-n${calls}`, '-c4', '-m16', `--data=${bodyFile(call, folder)}`, ...headers, urlOf(call, port)];
  const { stdout } = await run('h2load', args, LIMITS);
  const text = stdout.toString();
  const succeeded = Number(/(\d+) succeeded/.exec(text)?.[1]);
  const bytes = Number(/\((\d+)\) data/.exec(text)?.[1]);
  const wanted = calls * answerOf(call).length;
  const received = server.received(sum) - before;
  if (succeeded === calls && bytes === wanted && received === calls) return [];
  const answers = `${succeeded} of ${calls} calls succeeded, ${bytes} B of ${wanted} came back`;
  return [`${nameOf(call)}: ${answers}, the server received ${received} of them whole`];
};

const LIMITS = { encoding: 'buffer', maxBuffer: 64 << 20, timeout: 300_000 } as const;

/** Compares the bodies of answers with what the server was told to send. */
const faultsOf = async (
  calls: readonly ExactCall[],
  answerTo: (index: number) => Promise<Buffer>,
): Promise<readonly string[]> => {
  const faults: string[] = [];
  for (const [index, call] of calls.entries()) {
    try {
      const body = await answerTo(index);
      const wanted = answerOf(call);
      if (!body.equals(wanted))
        faults.push(`${nameOf(call)}: its answer has ${body.length} B, not those ${wanted.length}`);
    } catch (error) {
      faults.push(`${nameOf(call)}: ${(error as Error).message}`);
    }
  }
  return faults;
};

const nameOf = (call: ExactCall): string => `${call.kind} with seed ${call.seed}, ${bytesOf(call)} B`;

const urlOf = ({ kind }: ExactCall, port: number): string =>
  `http://127.0.0.1:${port}/starlane.test.Bytes/${kind[0]!.toUpperCase()}${kind.slice(1)}`;

const planOf = ({ seed, down }: ExactCall): string => {
  const plan: BytePlan = { sizes: down, seed: seed + 1, tellsReceived: true };
  return Buffer.from(JSON.stringify(plan)).toString('base64');
};

const headersOf = (call: ExactCall): readonly string[] => [
  'content-type: application/grpc',
  'te: trailers',
  `${PLAN_HEADER}: ${planOf(call)}`,
];

const messagesUp = ({ seed, up }: ExactCall): readonly Buffer[] =>
  up.map((bytes, index) => messageOf(seed, index, bytes));

const bodyFile = (call: ExactCall, folder: string): string => {
  const file = join(folder, `body-${call.seed}`);
  writeFileSync(file, Buffer.concat(messagesUp(call).map(grpcMessage)));
  return file;
};

/** The body of the answer: the messages of the plan, and what the server says that it received. */
const answerOf = (call: ExactCall): Buffer => {
  const down = call.down.map((bytes, index) => messageOf(call.seed + 1, index, bytes));
  return Buffer.concat([...down, Buffer.from(sumOf(messagesUp(call)))].map(grpcMessage));
};

/** A message as it is in a body: a flag, its length and its bytes. */
const grpcMessage = (value: Buffer): Buffer => {
  const message = toBinary(BytesValueSchema, create(BytesValueSchema, { value }));
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
};
