import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sweepPoints, variation } from '../../../hosts/study/vary.ts';

test('a range has both ends and no rounding, and a list has its values', () => {
  expect(variation('load.ratePerS=10..50/10').values).toEqual(['10', '20', '30', '40', '50']);
  expect(variation('x=0.1..0.5/0.1').values).toEqual(['0.1', '0.2', '0.3', '0.4', '0.5']);
  expect(variation('x=1..2/0.4').values).toEqual(['1', '1.4', '1.8']);
  expect(variation('x=-2..1e1/6').values).toEqual(['-2', '4', '10']);
  expect(variation('x=-1.7..0/0.1').values.at(-1)).toBe('0');
  expect(variation('x=1e-5..3e-5/1e-5').values).toEqual(['0.00001', '0.00002', '0.00003']);
  expect(variation('policy=a, b')).toEqual({ path: 'policy', values: ['a', 'b'] });
});

test('a range counts up by its step to at most its end', () => {
  const tenths = fc.integer({ min: 1, max: 500 });
  fc.assert(
    fc.property(fc.integer({ min: -500, max: 500 }), fc.nat(1000), tenths, (from, extent, step) => {
      const text = `x=${from / 10}..${(from + extent) / 10}/${step / 10}`;
      const values = variation(text).values.map(Number);
      expect(values).toHaveLength(Math.floor(extent / step) + 1);
      for (const [index, value] of values.entries()) expect(value + 0).toBe((from + index * step) / 10 + 0);
    }),
  );
});

test('points are all combinations, the last variation fastest; policies vary apart', () => {
  const points = sweepPoints(['load.ratePerS=1,2', 'policy=a,b', 'nodes.x.count=3,4'].map(variation));
  expect(points).toHaveLength(8);
  expect(points[1]).toEqual({
    values: { 'load.ratePerS': '1', policy: 'a', 'nodes.x.count': '4' },
    set: ['load.ratePerS=1', 'nodes.x.count=4'],
    policy: 'a',
  });
  expect(sweepPoints([variation('x=1,2')]).map(({ policy }) => policy)).toEqual([null, null]);
});

test.each([
  ['x', '--vary is "x", expected PATH=FROM..TO/STEP or PATH=A,B such as load.ratePerS=10..50/10'],
  ['x=', '--vary is "x=", expected PATH=FROM'],
  ['x=1,,2', '--vary is "x=1,,2", which has an empty value'],
  ['x=1,2,1', '--vary is "x=1,2,1", which has 1 twice'],
  ['x=5..1/1', '--vary is "x=5..1/1", expected a range that goes up'],
  ['x=1..5/0', '--vary is "x=1..5/0", expected a range that goes up'],
  ['x=1..5000000/1', '--vary is "x=1..5000000/1", expected at most 10000 values'],
  ['x=[1', '--vary x=[1 has a value that is not YAML'],
])('%s is refused', (text, line) => {
  expect(() => variation(text)).toThrow(line);
});

test('a path that varies twice is refused, and too many combinations are', () => {
  expect(() => sweepPoints(['x=1,2', 'x=3,4'].map(variation))).toThrow('--vary has x twice');
  expect(() => sweepPoints(['x=1..200/1', 'y=1..200/1'].map(variation))).toThrow(
    '--vary makes 40000 combinations, expected at most 10000',
  );
});
