import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ConfigError } from '../../../core/config/config-error.ts';
import { parseYaml } from '../../../core/config/yaml-source.ts';

const mistakeIn = (text: string): string => {
  try {
    parseYaml(text, 'x.yaml');
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return 'none';
};

describe('merge keys', () => {
  test('add the keys of other maps, where the map and the maps before do not have them', () => {
    const text =
      'a: &a { x: 1, y: 2 }\nb: &b { y: 3, z: 4 }\nc:\n  <<: [*a, *b]\n  x: 9\nd: { <<: *a, <<: { w: 5 } }\n';
    expect(parseYaml(text, 'x.yaml').value).toMatchObject({ c: { x: 9, y: 2, z: 4 }, d: { x: 1, y: 2, w: 5 } });
  });

  test('leave each value with the place where it is written', () => {
    const source = parseYaml('a: &a\n  x: 1\nb: &b\n  <<: *a\n  y: 2\nc:\n  <<: *b\n  z: 3\nd: *b\n', 'x.yaml');
    const place = (path: readonly string[], part?: 'key' | 'value') => {
      const { line, column } = source.position(path, part);
      return `${line}:${column}`;
    };
    expect(place(['c', 'z'])).toBe('8:6');
    expect(place(['c', 'y'])).toBe('5:6');
    expect(place(['c', 'x'])).toBe('2:6');
    expect(place(['c', 'x'], 'key')).toBe('2:3');
    expect(place(['d', 'x'])).toBe('2:6');
    expect(place(['c', 'missing'])).toBe('7:3');
  });

  test.each([
    ['a word', 'b:\n  <<: word\n', 'x.yaml:2:7: is merged by <<, expected a map of keys'],
    ['nothing', 'b: { <<: }\n', 'x.yaml:1:10: is merged by <<, expected a map of keys'],
    ['an alias of a word', 'a: &a 1\nb:\n  <<: [*a]\n', 'x.yaml:3:8: is merged by <<, expected a map of keys'],
    ['an alias of nothing', 'b:\n  <<: *a\n', 'x.yaml:2:7: is *a, but no &a comes before it'],
  ])('of %s are refused', (_, text, message) => {
    expect(mistakeIn(text)).toBe(message);
  });
});

describe('aliases', () => {
  test.each([
    ['without an anchor', 'a: *x\n', 'x.yaml:1:4: is *x, but no &x comes before it'],
    ['before their anchor', 'a: *x\nb: &x 1\n', 'x.yaml:1:4: is *x, but no &x comes before it'],
    ['of a list that holds them', 'a: &a [1, *a]\n', 'x.yaml:1:11: is *a inside of &a, which is a cycle'],
    ['of a map that holds them', 'a: &a { b: { c: *a } }\n', 'x.yaml:1:17: is *a inside of &a, which is a cycle'],
  ])('%s are refused', (_, text, message) => {
    expect(mistakeIn(text)).toBe(message);
  });

  test('that expand ten lines to a billion values are refused at the one over the limit', () => {
    const letters = 'abcdefghij'.split('');
    const lines = letters.map((letter, index) => {
      const item = index === 0 ? 'x' : `*${letters[index - 1]}`;
      return `${letter}: &${letter} [${Array(8).fill(item).join(', ')}]`;
    });
    expect(mistakeIn(lines.join('\n'))).toMatch(
      /^x\.yaml:6:\d+: is \*e, which makes aliases expand to more than 200000 values$/,
    );
  });

  test('by the thousands are refused', () => {
    expect(mistakeIn(`a: &a 1\nb: [${'*a, '.repeat(1001)}]\n`)).toMatch(/^x\.yaml:2:\d+: is one alias too many/);
  });

  test('of a later anchor of the same name refer to that one', () => {
    expect(parseYaml('a: &a 1\nb: &a 2\nc: *a\n', 'x.yaml').value).toEqual({ a: 1, b: 2, c: 2 });
  });
});

describe('a text', () => {
  test.each([
    ['a null character', 'a: x\0\n', 'x.yaml:1:5: is not YAML: U+0000 is not allowed in a text'],
    ['a control character', 'a: 1\nb: \u001b[2J\n', 'x.yaml:2:4: is not YAML: U+001B is not allowed in a text'],
    ['half a surrogate pair', 'a: \ud800x\n', 'x.yaml:1:4: is not YAML: U+D800 is not allowed in a text'],
    ['a tab as indentation', 'a:\n\tb: 1\n', 'x.yaml:2:1: is not YAML: Tabs are not allowed as indentation'],
    ['an unknown tag', 'a: !secret x\n', 'x.yaml:1:4: is not YAML: Unresolved tag: !secret'],
    ['a map as a key', '? { a: 1 }\n: 2\n', 'x.yaml:1:3: is a map or a list as a key, expected a word'],
    ['one key as a number and as a word', '1: a\n"1": b\n', 'x.yaml:2:1: is not YAML: Map keys must be unique'],
    ['a doubled key deep down', 'a:\n  - { b: 1, b: 2 }\n', 'x.yaml:2:13: is not YAML: Map keys must be unique'],
    ['brackets without an end', '['.repeat(5000), /^x\.yaml:1:\d+: is not YAML: /],
  ])('with %s is refused in one line with its place', (_, text, message) => {
    if (typeof message === 'string') expect(mistakeIn(text)).toBe(message);
    else expect(mistakeIn(text)).toMatch(message);
  });

  test('may hold emoji, line ends of Windows and next-line characters', () => {
    expect(parseYaml('a: "🚀"\r\nb: "é\u0085"\r\n', 'x.yaml').value).toEqual({ a: '🚀', b: 'é\u0085' });
  });

  test('of thousands of keys is read, and a doubled one is found among them', () => {
    const text = Array.from({ length: 3000 }, (_, index) => `k${index}: 1`).join('\n');
    expect(Object.keys(parseYaml(text, 'x.yaml').value as object)).toHaveLength(3000);
    expect(mistakeIn(`${text}\nk7: 2\n`)).toBe('x.yaml:3001:1: is not YAML: Map keys must be unique');
  });

  test('of any characters is read or refused by a ConfigError, and never breaks the reader', () => {
    const any = fc.oneof(
      fc.string({ unit: fc.constantFrom(...'{}[]:,&*<>-?!|"\'#%@` \n\tab1\0\u0007\ud800') }),
      fc.string({ unit: 'binary' }),
    );
    fc.assert(
      fc.property(any, (text) => {
        expect(mistakeIn(text)).toBeTypeOf('string');
      }),
      { numRuns: 200 },
    );
  });
});
