import { expect, test } from 'vitest';
import { ConfigError } from '../../../core/config/config-error.ts';
import { agreedOf, checkAsked, runningOf } from '../../../hosts/compose/io/running-topology.ts';

const HEALTH = {
  ok: true,
  policy: 'peak-ewma',
  agrees: { seed: 3 },
  told: { start: 'awaited', seed: 3, ratePerS: 20 },
};

test('a router says what its topology runs', () => {
  expect(runningOf(HEALTH)).toEqual({
    policy: 'peak-ewma',
    start: 'awaited',
    overrides: { seed: 3, ratePerS: 20 },
  });
  expect(() => runningOf({ ok: true })).toThrow(ConfigError);
});

test('several routers have to run one policy, and where they do not the line says which run which', () => {
  const running = runningOf(HEALTH);
  const said = (policy: string) =>
    new Map([
      ['router-europe', running],
      ['router-america', { ...running, policy }],
    ]);
  expect(agreedOf(said('peak-ewma'))).toBe(running);
  expect(() => agreedOf(said('random'))).toThrow(ConfigError);
  expect(() => agreedOf(said('random'))).toThrow(
    /^routers run different policies: router-europe peak-ewma, router-america random; /,
  );
});

test('a load that was asked for another policy or seed than the topology runs is a mistake of the user', () => {
  const running = runningOf(HEALTH);
  const check = (policy: string | null, seed?: number) => () =>
    checkAsked({ policy, overrides: seed === undefined ? {} : { seed } }, { running, seed: 3 });
  expect(check(null)).not.toThrow();
  expect(check('peak-ewma', 3)).not.toThrow();
  expect(check('random')).toThrow(ConfigError);
  expect(check('random')).toThrow(/^STARLANE_POLICY is random, but the topology runs peak-ewma: /);
  expect(check(null, 4)).toThrow(/^STARLANE_SEED is 4, but the topology runs 3: /);
});
