import { type Client, status } from '@grpc/grpc-js';
import { service } from 'grpc-health-check';
import { expect, test } from 'vitest';
import { profileOf } from '../../../../services/node/engine/profiles.ts';
import { stepTimeOf } from '../../../../services/node/engine/step-time.ts';
import { NodePower } from '../../../../services/node/power/node-power.ts';
import { ratingOf } from '../../../../services/node/power/rated-cost.ts';
import { h100, wholeSite } from '../power/metered-engine.ts';
import { ask, read, startNode } from './node-under-test.ts';

const health = (client: Client): Promise<string> =>
  new Promise((resolve) => {
    const { path, requestSerialize, responseDeserialize } = service.Check!;
    client.makeUnaryRequest(path, requestSerialize, responseDeserialize, { service: '' }, (_, answer) =>
      resolve((answer as { status: string }).status),
    );
  });

test('a node that loses its power fails its answers with that reason, refuses more, and is not healthy until it is back', async () => {
  const power = new NodePower({
    model: h100,
    rating: ratingOf(stepTimeOf(profileOf('h100-llama8b').step), h100),
    site: wholeSite({ events: [{ fromS: 2.5, forS: 3, share: 0 }] }),
    cooling: null,
    capW: null,
    usdPerHour: null,
    onReading: () => {},
  });
  const { client } = await startNode({ power });
  expect(await health(client)).toBe('SERVING');
  const { end } = await read(ask(client, { outputTokens: 100_000 }));
  expect([end.code, end.details]).toEqual([status.UNAVAILABLE, 'ashburn has lost its power']);
  const refused = await read(ask(client));
  expect([refused.end.code, refused.end.details]).toEqual([status.UNAVAILABLE, 'ashburn has no power']);
  while ((await health(client)) !== 'NOT_SERVING') await new Promise((resolve) => setTimeout(resolve, 20));
  while ((await health(client)) !== 'SERVING') await new Promise((resolve) => setTimeout(resolve, 20));
  expect((await read(ask(client))).end.code).toBe(status.OK);
});
