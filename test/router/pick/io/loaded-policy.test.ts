import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { seededRng } from '../../../../core/random/rng.ts';
import { loadedPolicy } from '../../../../router/pick/io/loaded-policy.ts';
import { checkedPolicy, ownPolicyTools } from '../../../../router/pick/own-policy.ts';
import type { Policy } from '../../../../router/pick/policy.ts';
import { policyContract, request } from '../../../contract/policy-contract.ts';
import { tableOf } from '../../policy/driven-policy.ts';

const SCHEMA = 'export const schema = (z) => z.strictObject({ ms: z.number().default(5) });';

/** Prices each endpoint at the parameter times its number. */
const TEXT = `
import type { Nothing } from './anywhere.ts';
interface Params { readonly ms: number }
${SCHEMA}
export const create = (params: Params, { pricedPolicy }: any) =>
  pricedPolicy('own', (_request: unknown, _endpoints: unknown, endpoint: number, _nowMs: number, price: any) => {
    price.costMs = params.ms * endpoint;
    price.predictedMs = Number.NaN;
  });
`;

const made = (text: string, params: unknown = {}): Policy => {
  const { schema, create } = loadedPolicy(text, './own.ts');
  return create(schema(z).parse(params) as never, ownPolicyTools(seededRng(1)('own')));
};

policyContract('own', () => checkedPolicy(made(TEXT), './own.ts'));

describe('a policy in a text', () => {
  test('has its types removed, and its parameters with defaults', () => {
    const decision = made(TEXT, { ms: -3 }).pick(request, tableOf(4), 0, seededRng(1)('policy'));
    expect(decision).toMatchObject({ endpoint: 3, costMs: -9 });
  });

  test.each([
    ['that is no program', 'export const = 3;', /^\.\/own\.ts is no policy that can run: /],
    ['that fails', `${SCHEMA} throw new Error('no luck');`, './own.ts is no policy that can run: no luck'],
    [
      'that imports another file',
      `import { x } from './x.ts'; ${SCHEMA} export const create = () => x;`,
      './own.ts is no policy that can run: it imports ./x.ts, expected types only (import type)',
    ],
    [
      'that imports a package',
      `import { z } from 'zod'; export const schema = () => z.object({}); export const create = () => null;`,
      'it imports zod, expected types only (import type)',
    ],
    ['without a schema', 'export const create = () => {};', 'its export "schema" is missing, expected a function'],
    ['without a policy', `${SCHEMA} export const create = 5;`, 'its export "create" is number, expected a function'],
    [
      'whose schema is none',
      'export const schema = () => 3; export const create = () => {};',
      'its schema gives number',
    ],
    [
      'whose schema fails',
      'export const schema = (z) => z.nothing(); export const create = () => {};',
      'its schema cannot be made: z.nothing is not a function',
    ],
  ])('%s is told in one line', (_what, text, message) => {
    const failure = (): void => void loadedPolicy(text, './own.ts');
    expect(failure).toThrow(message);
    expect(failure).toThrow(/^[^\n]*$/);
  });

  test('may read what Node itself has', () => {
    const text = `import { hash } from 'node:crypto'; ${SCHEMA} export const create = () => ({ name: hash('sha1', ''), pick: () => {} });`;
    expect(made(text).name).toMatch(/^da39a3ee/);
  });

  test('that decides for an endpoint which may not be chosen ends the run with its name', () => {
    const table = tableOf(3);
    table.setAvailable(2, false);
    table.refreshCandidates(0);
    const deciding = (decision: string): Policy =>
      checkedPolicy(
        made(`${SCHEMA} export const create = () => ({ name: 'own', pick: () => (${decision}) });`),
        './own.ts',
      );
    const pick = (decision: string) => deciding(decision).pick(request, table, 0, seededRng(1)('policy'));
    expect(() => pick(`{ kind: 'pick', endpoint: 2 }`)).toThrow('./own.ts picked endpoint 2, expected one of');
    expect(() => pick(`{ kind: 'pick', endpoint: 99 }`)).toThrow('./own.ts picked endpoint 99');
    expect(() => pick('undefined')).toThrow('./own.ts decided undefined, expected one of');
    expect(pick(`{ kind: 'reject', reason: 'no-endpoint' }`).kind).toBe('reject');
    expect(pick(`{ kind: 'pick', endpoint: 1 }`)).toMatchObject({ endpoint: 1 });
  });

  test('may be an object of a class', () => {
    const text = `${SCHEMA}
      class Own { name = 'own'; seen = 0; pick() { return { kind: 'pick', endpoint: this.seen % 2 }; } observe() { this.seen++; } }
      export const create = () => new Own();`;
    const policy = checkedPolicy(made(text), './own.ts');
    const table = tableOf(2);
    policy.observe!({ kind: 'available', endpoint: 0, isAvailable: true }, table);
    expect(policy.pick(request, table, 0, seededRng(1)('policy'))).toMatchObject({ endpoint: 1 });
  });
});
