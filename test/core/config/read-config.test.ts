import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { ConfigError } from '../../../core/config/config-error.ts';
import { nearest } from '../../../core/config/nearest.ts';
import { readConfig } from '../../../core/config/read-config.ts';

const schema = z.strictObject({
  name: z.string(),
  delayMs: z.number().min(0).default(1),
  medium: z.enum(['fibre', 'laser']).optional(),
  count: z.int().positive().optional(),
  nodes: z.record(z.string(), z.strictObject({ profile: z.string() })).default({}),
  source: z
    .discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('leo'), shell: z.string() }),
      z.strictObject({ kind: z.literal('fixed'), delayUs: z.number() }),
    ])
    .optional(),
  device: z
    .union([
      z.enum(['h100', 'a100']),
      z.strictObject({ derive: z.strictObject({ tflops: z.number() }) }),
      z.strictObject({ grade: z.enum(['A', 'B']), watts: z.number() }),
    ])
    .optional(),
  wait: z
    .union([z.literal('never'), z.strictObject({ ms: z.number() }), z.strictObject({ percentile: z.number() })])
    .optional(),
  size: z.union([z.literal('all'), z.int()]).optional(),
});

const mistakeIn = (text: string): string => {
  try {
    readConfig(text, 'x.yaml', schema);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return 'none';
};

describe('a configuration', () => {
  test('that is right is read with its defaults', () => {
    expect(readConfig('name: a\n', 'x.yaml', schema).value).toEqual({ name: 'a', delayMs: 1, nodes: {} });
  });

  test.each([
    ['an unknown key', 'name: a\ndelayMS: 3\n', 'x.yaml:2:1: delayMS is not a known key; did you mean "delayMs"?'],
    [
      'an unknown key deep down',
      'name: a\nnodes:\n  n1:\n    profil: x\n',
      'x.yaml:4:5: nodes.n1.profil is not a known key; did you mean "profile"? (and 1 more)',
    ],
    ['a negative delay', 'name: a\ndelayMs: -3\n', 'x.yaml:2:10: delayMs is -3, expected at least 0'],
    ['a wrong type', 'name: 5\n', 'x.yaml:1:7: name is 5, expected a string'],
    ['a missing key', 'delayMs: 1\n', 'x.yaml:1:1: name is missing; expected a string'],
    ['a fraction', 'name: a\ncount: 1.5\n', 'x.yaml:2:8: count is 1.5, expected a whole number'],
    ['a wrong word', 'name: a\nmedium: lasers\n', 'x.yaml:2:9: medium is "lasers", did you mean "laser"?'],
    [
      'a wrong variant',
      'name: a\nsource: {kind: moon}\n',
      'x.yaml:2:16: source.kind is "moon", expected one of leo, fixed',
    ],
    [
      'a key of another variant',
      'name: a\nsource: {kind: leo, shell: s1, delayUs: 3}\n',
      'x.yaml:2:32: source.delayUs is not a known key; expected one of kind, shell',
    ],
    ['an empty text', '', 'x.yaml:1:1: is empty'],
    ['a list at the top', '- a\n', 'x.yaml:1:1: is a list, expected a map of keys'],
    ['a doubled key', 'name: a\nname: b\n', 'x.yaml:2:1: is not YAML: Map keys must be unique'],
    [
      'broken syntax',
      'name: [a\n',
      'x.yaml:2:1: is not YAML: Flow sequence in block collection must be sufficiently indented and end with a ]',
    ],
  ])('with %s is refused in one line with the place, the value and the expectation', (_, text, message) => {
    expect(mistakeIn(text)).toBe(message);
  });

  test('of ten million characters is refused unparsed', () => {
    expect(mistakeIn(`name: ${'a'.repeat(10_000_000)}`)).toBe(
      'x.yaml is 10.0 million characters long, must be at most 1 million: long lists, as of elements, go into a file that it names',
    );
  });
});

test('the nearest word is one that a slip of the finger makes, or none', () => {
  expect(nearest('ashbrun', ['ashburn', 'lagos'])).toBe('ashburn');
  expect(nearest('ASHBURN', ['ashburn'])).toBe('ashburn');
  expect(nearest('tokyo', ['ashburn', 'lagos'])).toBeNull();
});

describe('a mistake in one of several alternatives', () => {
  test.each([
    ['device: h10', 'x.yaml:2:9: device is "h10", did you mean "h100"?'],
    ['device: { derive: { tflops: fast } }', 'x.yaml:2:29: device.derive.tflops is "fast", expected a number'],
    ['device: { grade: A, watts: no }', 'x.yaml:2:28: device.watts is "no", expected a number'],
    ['device: { grade: A, watts: 1, amps: 2 }', /device\.amps is not a known key/],
    ['device: 7', 'x.yaml:2:9: device is 7, expected one of h100, a100 or a map of keys'],
    ['device: tpu', 'x.yaml:2:9: device is "tpu", expected one of h100, a100 or a map of keys'],
    ['wait: 95', 'x.yaml:2:7: wait is 95, expected never or a map of keys'],
    ['wait: nevr', 'x.yaml:2:7: wait is "nevr", did you mean "never"?'],
    ['wait: { percentile: 95, ms: 3 }', 'x.yaml:2:9: wait.percentile does not go with ms; expected one or the other'],
    ['size: none', 'x.yaml:2:7: size is "none", expected all or a number'],
  ])('is reported for the alternative that was meant: %s', (line, message) => {
    expect(mistakeIn(`name: n\n${line}`)).toMatch(message);
  });
});
