import { connect } from 'node:http2';
import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { durationFromMs } from '@bufbuild/protobuf/wkt';
import { type Client, Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { describe, expect, test } from 'vitest';
import { seededRng } from '../../../../core/random/rng.ts';
import {
  ClearFaultsRequestSchema,
  Condition,
  Control,
  DrainRequestSchema,
  type FaultSchema,
  InjectFaultRequestSchema,
  StateRequestSchema,
  type StateResponse,
} from '../../../../proto/gen/starlane/control/v1/control_pb.js';
import { serviceDefinition } from '../../../../services/grpc/service-definition.ts';
import { Engine } from '../../../../services/node/engine/engine.ts';
import type { EndedRequest } from '../../../../services/node/telemetry/span-attributes.ts';
import { ask, aWhile, clientOf, loadOf, read, startNode, tokensOf, until } from './node-under-test.ts';

const control = serviceDefinition(Control);

const TOKEN = 'a-token-of-this-test';

const call = <Request, Response>(
  client: Client,
  method: { path: string; requestSerialize: (r: Request) => Buffer; responseDeserialize: (b: Buffer) => Response },
  request: Request,
  authorization: string | null = `Bearer ${TOKEN}`,
): Promise<Response> => {
  const metadata = new Metadata();
  if (authorization !== null) metadata.set('authorization', authorization);
  return new Promise((resolve, reject) => {
    const { path, requestSerialize, responseDeserialize } = method;
    client.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, metadata, (error, answer) =>
      error === null ? resolve(answer!) : reject(error),
    );
  });
};

type Kind = NonNullable<MessageInitShape<typeof FaultSchema>['kind']>;

const faultOf = (kind: Kind, durationMs: number | null) =>
  create(InjectFaultRequestSchema, {
    fault: { kind },
    ...(durationMs !== null && { duration: durationFromMs(durationMs) }),
  });

const inject = (client: Client, kind: Kind, durationMs: number | null = 60_000) =>
  call(client, control.injectFault, faultOf(kind, durationMs));

const clear = (client: Client) => call(client, control.clearFaults, create(ClearFaultsRequestSchema));

const stateOf = (client: Client): Promise<StateResponse> => call(client, control.state, create(StateRequestSchema));

const refusalOf = async (promise: Promise<unknown>): Promise<{ code: number; details: string }> => {
  const error = (await promise.then(
    () => null,
    (reason: unknown) => reason,
  )) as ServiceError | null;
  if (error === null) throw new Error('it was not refused');
  return { code: error.code, details: error.details };
};

/** A node whose scenario allows faults. */
const startFaulty = async (options: Pick<Parameters<typeof startNode>[0] & {}, 'EngineClass' | 'spansOf'> = {}) => {
  let crashes = 0;
  const faults = { token: TOKEN, rng: seededRng(1)('faults'), crash: () => crashes++ };
  const running = await startNode({ faults, ...options });
  return { ...running, crashes: () => crashes };
};

const injected = (events: readonly { kind: string }[]) => events.filter(({ kind }) => kind === 'injected');

describe('who may inject a fault', () => {
  test('nobody, where the scenario allows no faults', async () => {
    const { client } = await startNode();
    for (const change of [
      () => inject(client, { case: 'hang', value: {} }),
      () => clear(client),
      () => stateOf(client),
    ]) {
      expect(await refusalOf(change())).toEqual({
        code: status.PERMISSION_DENIED,
        details: 'the scenario lets nobody control its nodes: it has no faults.token',
      });
    }
    const drain = call(client, control.drain, create(DrainRequestSchema));
    expect((await refusalOf(drain)).code).toBe(status.PERMISSION_DENIED);
    expect((await read(ask(client))).end.code).toBe(status.OK);
  });

  test('only callers with the token, also for the state', async () => {
    const { client } = await startFaulty();
    const hang = faultOf({ case: 'hang', value: {} }, 60_000);
    const codes = ['Bearer another-token-here', TOKEN, 'Bearer', null].map(
      async (header) => (await refusalOf(call(client, control.injectFault, hang, header))).code,
    );
    expect(await Promise.all(codes)).toEqual([...Array(3).fill(status.PERMISSION_DENIED), status.UNAUTHENTICATED]);
    const unknown = call(client, control.state, create(StateRequestSchema), null);
    expect((await refusalOf(unknown)).code).toBe(status.UNAUTHENTICATED);
    expect((await stateOf(client)).faults).toEqual([]);
  });
});

describe('a fault', () => {
  test('is refused with the reason', async () => {
    const { client } = await startFaulty();
    const wrong = async (kind: Kind, durationMs: number | null) => {
      const { code, details } = await refusalOf(inject(client, kind, durationMs));
      expect(code).toBe(status.INVALID_ARGUMENT);
      return details;
    };
    const hang: Kind = { case: 'hang', value: {} };
    expect(await wrong({ case: undefined }, 1000)).toBe('fault is empty, expected one kind of fault');
    expect(await wrong(hang, null)).toBe('duration is 0 s, must be above 0 and at most 3600 s');
    expect(await wrong(hang, 3_600_001)).toBe('duration is 3600.001 s, must be above 0 and at most 3600 s');
  });

  test('of power is unimplemented where the profile has no power', async () => {
    const { client } = await startFaulty();
    expect(await refusalOf(inject(client, { case: 'powerCap', value: { watts: 100 } }))).toEqual({
      code: status.UNIMPLEMENTED,
      details: 'the profile of ashburn does not say what power it draws',
    });
  });

  test('ends by itself, and one that follows another of its kind replaces it', async () => {
    const { client, events } = await startFaulty();
    await inject(client, { case: 'fail', value: { code: status.INTERNAL, share: 1 } });
    await inject(client, { case: 'fail', value: { code: status.DATA_LOSS, share: 1 } }, 1000);
    const { faults } = await stateOf(client);
    expect(faults.map(({ fault }) => fault?.kind.value)).toMatchObject([{ code: status.DATA_LOSS }]);
    expect((await read(ask(client))).end.code).toBe(status.DATA_LOSS);
    await until(() => injected(events).length === 4);
    expect((await read(ask(client))).end.code).toBe(status.OK);
    const states = injected(events).map((event) => (event as unknown as { state: string }).state);
    expect(states).toEqual(['began', 'ended', 'began', 'ended']);
  });

  test('fail leaves a span with its error, where traces are on', async () => {
    const ended: EndedRequest[] = [];
    const spansOf = () => ({ open: () => ({ end: (request: EndedRequest) => void ended.push(request) }) });
    const { client } = await startFaulty({ spansOf });
    await inject(client, { case: 'fail', value: { code: status.INTERNAL, share: 1 } });
    await read(ask(client, { promptTokens: 12 }));
    const error = { code: status.INTERNAL, details: 'a fault was injected here' };
    expect(ended).toEqual([{ id: '7', promptTokens: 12, maxOutputTokens: 20, measured: null, error }]);
  });

  test('slow makes steps longer by its factor', async () => {
    const { client, events } = await startFaulty();
    // The least of some: a busy machine ends steps late, and never early.
    const servingMs = async (): Promise<number> => {
      const times: number[] = [];
      for (let answer = 0; answer < 5; answer++) {
        await read(ask(client, { outputTokens: 50 }));
        const [scheduled, served] = events.slice(-2);
        times.push(served!.atMs - scheduled!.atMs);
      }
      return Math.min(...times);
    };
    const usualMs = await servingMs();
    await inject(client, { case: 'slow', value: { factor: 10 } });
    const slowMs = await servingMs();
    expect(slowMs / usualMs).toBeGreaterThan(8);
    expect(slowMs / usualMs).toBeLessThan(12);
    await clear(client);
    expect((await servingMs()) / usualMs).toBeLessThan(2);
  });

  test('power cap reaches the engine, and is lifted again', async () => {
    const heard: (number | null)[] = [];
    class Capped extends Engine {
      override capPowerW(watts: number | null): void {
        heard.push(watts);
      }
    }
    const { client } = await startFaulty({ EngineClass: Capped });
    await inject(client, { case: 'powerCap', value: { watts: 300 } });
    await clear(client);
    expect(heard).toEqual([300, null]);
  });

  test('fail ends a share of requests with its code, before the engine sees them', async () => {
    const { client, events, engine } = await startFaulty();
    await inject(client, { case: 'fail', value: { code: status.INTERNAL, share: 0.3 } });
    const answers = await Promise.all(Array.from({ length: 200 }, () => read(ask(client, { outputTokens: 1 }))));
    const failed = answers.filter(({ end }) => end.code === status.INTERNAL);
    expect(failed.length).toBeGreaterThan(40);
    expect(failed.length).toBeLessThan(80);
    expect(answers.filter(({ end }) => end.code === status.OK).length).toBe(200 - failed.length);
    expect(loadOf(failed[0]!.end)).not.toBeNull();
    const served = events.filter((event) => event.kind === 'served').map(({ outcome }) => outcome);
    expect(served.filter((outcome) => outcome === 'failed').length).toBe(failed.length);
    expect(engine.report(0)).toMatchObject({ running: 0, waiting: 0 });
  });

  test('hang leaves new requests unanswered until it ends, and drops those that are given up', async () => {
    const { client, engine, events } = await startFaulty();
    const before = read(ask(client, { outputTokens: 400 }));
    await until(() => engine.report(0).running === 1);
    await inject(client, { case: 'hang', value: {} });
    expect((await stateOf(client)).condition).toBe(Condition.UNWELL);
    const during = read(ask(client, { requestId: '8' }));
    const givenUp = await read(ask(client, { requestId: '9', timeoutMs: 300 }));
    expect(givenUp.end.code).toBe(status.DEADLINE_EXCEEDED);
    expect((await before).end.code).toBe(status.OK);
    expect(events.filter((event) => event.kind === 'received').length).toBe(1);
    await clear(client);
    expect([(await during).end.code, tokensOf(await during)]).toEqual([status.OK, 20]);
    expect(events.filter((event) => event.kind === 'received').map(({ request }) => request)).toEqual([7, 8]);
    expect((await stateOf(client)).condition).toBe(Condition.SERVING);
  });

  test('blackhole lets no byte through on any connection until it is over, then nothing is missing', async () => {
    const { client, node } = await startFaulty();
    const other = clientOf(node.port);
    await stateOf(other);
    const answer = ask(other, { outputTokens: 2000 });
    let heard = 0;
    answer.on('data', ({ tokens }: { tokens: number }) => {
      heard += tokens;
    });
    await until(() => heard > 0);
    await inject(client, { case: 'blackhole', value: {} }, 2000);
    await aWhile(); // the answer to the call above must get out first
    const session = connect(`http://127.0.0.1:${node.port}`); // it may connect, and hears nothing either
    let heardOfSettings = false;
    session.on('remoteSettings', () => {
      heardOfSettings = true;
    });
    const heardThen = heard;
    await aWhile();
    expect([heard, heardOfSettings]).toEqual([heardThen, false]);
    const held = read(ask(clientOf(node.port)));
    expect(heard).toBeLessThan(2000);
    await until(() => heard === 2000 && heardOfSettings);
    expect((await held).end.code).toBe(status.OK);
    session.destroy();
  });

  test('goaway closes the connections gracefully, and a new one is served', async () => {
    const { client, node, engine } = await startFaulty();
    const session = connect(`http://127.0.0.1:${node.port}`);
    const goneAway = new Promise<number>((resolve) => session.on('goaway', resolve));
    await new Promise((resolve) => session.on('remoteSettings', resolve));
    const open = read(ask(client, { outputTokens: 200 }));
    await until(() => engine.report(0).running === 1);
    await inject(client, { case: 'goaway', value: {} }, null);
    expect(await goneAway).toBe(0);
    expect([(await open).end.code, tokensOf(await open)]).toEqual([status.OK, 200]);
    expect((await read(ask(client))).end.code).toBe(status.OK);
  });

  test('rst resets open answers and new requests of this node alone', async () => {
    const { client, engine } = await startFaulty();
    const another = await startFaulty();
    const spared = read(ask(another.client, { outputTokens: 400 }));
    const open = read(ask(client, { outputTokens: 100_000 }));
    await until(() => engine.report(0).running === 1 && another.engine.report(0).running === 1);
    await inject(client, { case: 'rst', value: {} });
    expect((await open).end).toMatchObject({ code: status.INTERNAL });
    expect((await read(ask(client))).end.code).toBe(status.INTERNAL);
    await until(() => engine.report(0).running === 0);
    expect((await spared).end.code).toBe(status.OK);
    await clear(client);
    expect((await read(ask(client))).end.code).toBe(status.OK);
  });

  test('crash ends the process after its delay, unless it is cleared before', async () => {
    const { client, crashes } = await startFaulty();
    await inject(client, { case: 'crash', value: { delay: durationFromMs(100) } }, null);
    expect([(await stateOf(client)).condition, crashes()]).toEqual([Condition.UNWELL, 0]);
    await clear(client);
    await aWhile();
    expect(crashes()).toBe(0);
    await inject(client, { case: 'crash', value: {} }, null);
    await until(() => crashes() === 1);
  });
});

test('a drain lets open answers end, refuses new ones and shows in the state', async () => {
  const { client, engine } = await startFaulty();
  const open = read(ask(client, { outputTokens: 200 }));
  await until(() => engine.report(0).running === 1);
  await call(client, control.drain, create(DrainRequestSchema));
  const late = await read(ask(client));
  expect([late.end.code, late.end.details]).toEqual([
    status.UNAVAILABLE,
    'ashburn is draining and takes no new requests',
  ]);
  expect((await stateOf(client)).condition).toBe(Condition.DRAINING);
  expect((await open).end.code).toBe(status.OK);
});
