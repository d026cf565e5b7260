import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { documentEdit, dottedPath, editedDocument, pathIn } from '../../../core/config/document-edit.ts';
import { readConfig } from '../../../core/config/read-config.ts';

const schema = z.strictObject({
  load: z.strictObject({ ratePerS: z.number().min(0), trace: z.string().default('short') }),
  faults: z.array(z.strictObject({ kind: z.enum(['crash', 'pause']), forS: z.number() })).default([]),
  nodes: z.record(z.string(), z.strictObject({ site: z.string(), count: z.int().default(1) })).default({}),
});

const TEXT = `load: { ratePerS: 3 }
faults:
  - { kind: crash, forS: 1 }
nodes:
  a: { site: x }
`;

const edited = (...texts: readonly string[]) => {
  const edits = texts.map((text) => documentEdit('--set', text));
  return readConfig(TEXT, 's.yaml', schema, edits);
};

describe('an edit', () => {
  test('replaces a value, adds a key, and reaches into lists; the last of several counts', () => {
    const { value } = edited('load.ratePerS=20', 'faults[0].forS=7', 'nodes.b.site=y', 'load.ratePerS=30');
    expect(value.load.ratePerS).toBe(30);
    expect(value.faults).toEqual([{ kind: 'crash', forS: 7 }]);
    expect(value.nodes).toEqual({ a: { site: 'x', count: 1 }, b: { site: 'y', count: 1 } });
    expect(edited('faults=[]').value.faults).toEqual([]);
    expect(edited('load={ ratePerS: 1, trace: "a=b" }').value.load.trace).toBe('a=b');
  });

  test.each([
    ['load', '--set is "load", expected PATH=VALUE such as load.ratePerS=20'],
    ['=3', '--set is "=3", expected PATH=VALUE such as load.ratePerS=20'],
    ['load..x=3', '--set is "load..x=3", expected PATH=VALUE such as load.ratePerS=20'],
    ['load.ratePerS=[', '--set load.ratePerS=[ has a value that is not YAML: '],
    ['load.ratePerS=fast', '--set load.ratePerS=fast: load.ratePerS is "fast", expected a number'],
    ['load.ratePerS=', '--set load.ratePerS=: load.ratePerS is null, expected a number'],
    ['load.rateperS=3', '--set load.rateperS=3: load.rateperS is not a known key; did you mean "ratePerS"?'],
    ['load.ratePerS.x=3', '--set load.ratePerS.x=3 names a key of load.ratePerS, which has none'],
    ['faults.x=3', '--set faults.x=3 names a key of faults, which has none'],
    ['faults[1].forS=3', '--set faults[1].forS=3 names faults[1], and faults has 1 entries, counted from 0'],
    ['lod.ratePerS=3', '--set lod.ratePerS=3: lod is not a known key; did you mean "load"?'],
    ['nodes.b.count=3', '--set nodes.b.count=3: nodes.b.site is missing; expected a string'],
  ])('%s is a mistake of its own', (text, line) => {
    expect(() => edited(text)).toThrow(line);
  });

  test('has the mistake of a value that is checked later, and leaves others their positions', () => {
    const config = edited('load.ratePerS=9');
    expect(config.mistake(['load', 'ratePerS'], 'is too much').message).toBe(
      '--set load.ratePerS=9: load.ratePerS is too much',
    );
    expect(config.mistake(['nodes', 'a', 'site'], 'is nowhere').message).toBe('s.yaml:5:14: nodes.a.site is nowhere');
  });

  test('changes nothing but what it names, and not the document that it is given', () => {
    const document = { a: { b: [1, 2] }, c: { d: 4 } };
    const result = editedDocument(document, [documentEdit('--set', 'a.b[1]=5')]) as typeof document;
    expect([document.a.b, result.a.b]).toEqual([
      [1, 2],
      [1, 5],
    ]);
    expect(result.c).toBe(document.c);
  });

  test('has a path that is read as it is written', () => {
    const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,5}$/);
    const path = fc.tuple(name, fc.array(fc.oneof(name, fc.nat(99)), { maxLength: 5 }));
    fc.assert(
      fc.property(path, ([first, rest]) => {
        expect(pathIn(dottedPath([first, ...rest]))).toEqual([first, ...rest]);
      }),
    );
  });
});
