import { connect } from 'node:http2';
import { create } from '@bufbuild/protobuf';
import { status } from '@grpc/grpc-js';
import { afterEach, expect, test, vi } from 'vitest';
import { steadyUnixMs } from '../../../../core/time/io/steady-unix.ts';
import { GenerateRequestSchema, Inference } from '../../../../proto/gen/starlane/inference/v1/inference_pb.js';
import { serviceDefinition } from '../../../../services/grpc/service-definition.ts';
import { startNode, until } from './node-under-test.ts';

const { path, requestSerialize } = serviceDefinition(Inference).generate;
const answer = { promptTokens: 1, outputTokens: 10, maxOutputTokens: 10 };

afterEach(() => vi.restoreAllMocks());

test.each([-3_600_000, 3_600_000])(
  'a wall clock that is set by %d ms while a prompt arrives moves no deadline',
  async (stepMs) => {
    const { node, events } = await startNode();
    const session = connect(`http://127.0.0.1:${node.port}`);
    const headers = { ':method': 'POST', ':path': path, 'content-type': 'application/grpc', te: 'trailers' };
    const stream = session.request({ ...headers, 'grpc-timeout': '500m' });
    const message = requestSerialize(create(GenerateRequestSchema, answer));
    stream.write(Buffer.from([0, 0, 0, 0, message.length]));
    await until(async () => /starlane_node_request_bytes\{.*\} [1-9]/.test(await node.metrics()));
    vi.spyOn(Date, 'now').mockImplementation(() => steadyUnixMs() + stepMs);
    stream.end(message);
    const code = new Promise((resolve) => {
      stream.on('response', (answered) => answered['grpc-status'] && resolve(Number(answered['grpc-status'])));
      stream.on('trailers', (trailers) => resolve(Number(trailers['grpc-status'])));
    });
    stream.resume();
    expect(await code).toBe(status.OK);
    expect(events.at(-1)).toMatchObject({ kind: 'served', outcome: 'answered', tokens: 10 });
    session.destroy();
  },
);
