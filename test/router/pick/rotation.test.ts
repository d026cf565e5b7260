import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EndpointTable } from '../../../router/endpoint/endpoint-table.ts';
import { Rotation } from '../../../router/pick/rotation.ts';

const tableOf = (size: number): EndpointTable =>
  new EndpointTable(
    Array.from({ length: size }, (_, index) => ({ name: `n${index}/f`, node: `n${index}`, medium: 'f' })),
  );

/** The rule by itself: of the candidates the one that is due first, not before now; of equals the first. */
class PlainRotation {
  readonly #dueAt = new Map<number, number>();
  #now = 0;

  next({ candidates, candidateCount, phase }: EndpointTable, weights: Float64Array): number {
    const due = Array.from(candidates.subarray(0, candidateCount), (endpoint) => ({
      endpoint,
      atMs: Math.max(this.#now, this.#dueAt.get(endpoint) ?? phase[endpoint]! / weights[endpoint]!),
    }));
    return due.reduce((best, each) => (each.atMs < best.atMs ? each : best)).endpoint;
  }

  took(endpoint: number, { phase }: EndpointTable, weights: Float64Array): void {
    const dueAt = Math.max(this.#now, this.#dueAt.get(endpoint) ?? phase[endpoint]! / weights[endpoint]!);
    this.#dueAt.set(endpoint, dueAt + 1 / weights[endpoint]!);
    this.#now = dueAt;
  }
}

test('turns are those of the rule, whatever becomes available, is weighed anew, or takes a turn that was not its own', () => {
  const steps = fc.array(fc.nat(100_000), { minLength: 20, maxLength: 150 });
  fc.assert(
    fc.property(fc.integer({ min: 30, max: 90 }), steps, (size, drawn) => {
      const table = tableOf(size);
      const weights = Float64Array.from({ length: size }, (_, index) => 1 + (index % 4));
      const [rotation, plain] = [new Rotation(), new PlainRotation()];
      table.refreshCandidates(0);
      for (const step of drawn) {
        const endpoint = (step >> 4) % size;
        if (step % 16 === 0 && table.candidateCount > 1) table.setAvailable(endpoint, step % 32 === 0);
        if (step % 16 === 1) {
          weights[endpoint] = 1 + (step % 5);
          rotation.weightsChanged();
        }
        table.refreshCandidates(0);
        if (table.candidateCount === 0) continue;
        const turn = rotation.next(table, weights);
        expect(turn).toBe(plain.next(table, weights));
        expect(rotation.next(table, weights)).toBe(turn); // by the tree, where the first was by comparing all
        const took = step % 16 === 2 ? endpoint : turn;
        rotation.took(took, table, weights);
        plain.took(took, table, weights);
      }
    }),
  );
});
