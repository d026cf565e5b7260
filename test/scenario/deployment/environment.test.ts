import { describe, expect, test } from 'vitest';
import { ConfigError } from '../../../core/config/config-error.ts';
import { deploymentOf } from '../../../scenario/deployment/environment.ts';

const GIVEN = {
  STARLANE_PART: 'router',
  STARLANE_SCENARIO: '/etc/starlane/x.yaml',
  STARLANE_FIBRE_SUBNET: '198.18.16.0/24',
  STARLANE_LASER_SUBNET: '198.18.17.0/24',
  STARLANE_ACCESS_SUBNET: '198.18.18.0/24',
};

const mistake = (environment: Readonly<Record<string, string>>): string => {
  try {
    deploymentOf(environment);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as Error).message;
  }
  throw new Error('expected a ConfigError');
};

describe('the environment of a container', () => {
  test('needs only its part, its scenario and its networks', () => {
    expect(deploymentOf({ ...GIVEN, PATH: '/bin', HOME: '/root' })).toEqual({
      part: 'router',
      scenarioFile: '/etc/starlane/x.yaml',
      scenarioHash: null,
      start: 'cycle',
      runFolder: '/run/starlane',
      shaper: 'auto',
      policy: null,
      adminToken: null,
      watchesRouter: false,
      results: null,
      overrides: {},
      subnets: { fibre: '198.18.16.0/24', laser: '198.18.17.0/24', access: '198.18.18.0/24' },
      isSwarm: false,
      isWithin: false,
    });
  });

  test('is the same when compose passes an empty variable', () => {
    const empty = { STARLANE_SEED: '', STARLANE_DURATION_S: '', STARLANE_RATE_PER_S: '', STARLANE_POLICY: '' };
    expect(deploymentOf({ ...GIVEN, ...empty })).toEqual(deploymentOf(GIVEN));
  });

  test('overrides the scenario', () => {
    const given = { ...GIVEN, STARLANE_SEED: '0', STARLANE_DURATION_S: '7.5', STARLANE_RATE_PER_S: '20' };
    expect(deploymentOf(given).overrides).toEqual({ seed: 0, durationS: 7.5, ratePerS: 20 });
  });

  test('is Swarm when its template was replaced, and not when the template is unchanged', () => {
    expect(deploymentOf({ ...GIVEN, STARLANE_SWARM_TASK: '{{.Task.ID}}' }).isSwarm).toBe(false);
    expect(deploymentOf({ ...GIVEN, STARLANE_SWARM_TASK: 'bq0dk4yq5q1x' }).isSwarm).toBe(true);
  });

  test('is refused when a STARLANE_ variable is unknown', () => {
    expect(mistake({ ...GIVEN, STARLANE_POLCY: 'ephemeris' })).toMatch(/^STARLANE_POLCY is "ephemeris"; /);
  });

  test.each([
    ['STARLANE_SEED', '-1'],
    ['STARLANE_SEED', '1.5'],
    ['STARLANE_SEED', 'seven'],
    ['STARLANE_DURATION_S', '0'],
    ['STARLANE_RATE_PER_S', 'Infinity'],
    ['STARLANE_START', 'now'],
    ['STARLANE_SHAPER', 'tc'],
    ['STARLANE_FIBRE_SUBNET', '198.18.16.0'],
    ['STARLANE_FIBRE_SUBNET', 'fd00::/64'],
    ['STARLANE_AGENT_WITHIN', 'no'],
  ])('is refused when %s is %j, and the message has both', (key, value) => {
    const message = mistake({ ...GIVEN, [key]: value });
    expect(message.startsWith(`${key} is ${JSON.stringify(value)}; `)).toBe(true);
    expect(message).not.toContain('\n');
  });

  test.each(Object.keys(GIVEN))('is refused without %s', (key) => {
    expect(mistake({ ...GIVEN, [key]: '' })).toMatch(new RegExp(`^${key} is `));
  });
});
