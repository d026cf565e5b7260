import { describe, expect, test } from 'vitest';
import { seededRng } from '../../../../core/random/rng.ts';
import { VirtualClock } from '../../../../core/time/virtual-clock.ts';
import { Engine } from '../../../../services/node/engine/engine.ts';
import { engineOptionsOf } from '../../../../services/node/engine-options.ts';
import { nodeSchema } from '../../../../services/node/schema.ts';
import { classSchema } from '../../../../workload/kind/registry.ts';
import type { AskedInTurn } from '../../../../workload/load-class.ts';
import { LoadClass } from '../../../../workload/load-class.ts';

/** A block of the cache. */
const BLOCK = 16;

const whole = (tokens: number): number => Math.floor(tokens / BLOCK) * BLOCK;

interface Shape {
  readonly system: number;
  readonly user: number;
  readonly output: number;
  readonly turns: number;
}

/** The prompt of turn `k`, from 1: the system prompt, and all that was said. */
const promptOf = ({ system, user, output }: Shape, k: number): number => system + k * user + (k - 1) * output;

/** What a node has computed once it has answered turn `k`: all but the last token of the answer, which no step has read. */
const computedBy = (shape: Shape, k: number): number => promptOf(shape, k) + shape.output - 1;

/** What turn `k` finds where the turn `last` was the latest one of its session there; 0 for none. */
const hitOf = (shape: Shape, k: number, last: number): number =>
  last === 0
    ? whole(Math.min(shape.system, promptOf(shape, k) - 1))
    : whole(Math.min(computedBy(shape, last), promptOf(shape, k) - 1));

const sessionsOf = (shape: Shape, count: number): readonly (readonly AskedInTurn[])[] => {
  const config = classSchema.parse({
    ...{ kind: 'chat', turns: shape.turns, systemTokens: shape.system, openingTokens: 0 },
    ...{ userTokens: shape.user, outputTokens: shape.output, contextTokens: 1e6 },
  });
  const of = new LoadClass('chat', config, {
    maxOutputTokens: shape.output,
    objectives: { ttftMs: 1000, tpotMs: 50 },
    trace: {
      ...{ arrivalS: Float64Array.of(0), promptTokens: Int32Array.of(1), outputTokens: Int32Array.of(1) },
      ...{ sessions: null, blocks: null, remarks: [] },
    },
    rng: seededRng(1),
  });
  return Array.from({ length: count }, (_, number) => {
    const session = of.session(number);
    return session.turns.map((_, turn) => of.asked(session, turn));
  });
};

/** Engines that take one request after another. */
const nodes = (count: number, kvTokens: number) => {
  const clock = new VirtualClock();
  const config = nodeSchema.parse({ profile: 'h100-llama8b', limits: { kvTokens }, ingestMs: 0 });
  const engines = Array.from(
    { length: count },
    (_, node) => new Engine({ name: `${node}`, ...engineOptionsOf(config), clock, rng: seededRng(1)(`${node}`) }),
  );
  let id = 0;
  return {
    /** What a request finds at that node. */
    ask: (node: number, asked: AskedInTurn): number => {
      const engine = engines[node]!;
      const before = engine.prefixCache.hits;
      let isOver = false;
      const submission = engine.submit(
        { ...asked, id: id++ },
        {
          onScheduled: () => {},
          onTokens: () => {},
          onEnd: () => {
            isOver = true;
          },
        },
      );
      expect(submission).toEqual({ kind: 'accepted' });
      while (!isOver) clock.runUntil(clock.now() + 1000);
      return engine.prefixCache.hits - before;
    },
    report: (node: number) => engines[node]!.report(clock.now()),
  };
};

const shapes: readonly Shape[] = [
  { system: 500, user: 140, output: 100, turns: 8 },
  { system: 0, user: 33, output: 7, turns: 20 },
  { system: 15_000, user: 1500, output: 40, turns: 10 },
  { system: 16, user: 16, output: 16, turns: 6 },
  { system: 160, user: 1, output: 1, turns: 40 },
];

describe.each(shapes)('a conversation with %o', (shape) => {
  test('finds, at each turn, all that its node computed for the turn before it, in whole blocks', () => {
    const { ask } = nodes(1, 1e6);
    const sessions = sessionsOf(shape, 4);
    for (const [number, session] of sessions.entries()) {
      const found = session.map((asked) => ask(0, asked));
      const expected = session.map((_, turn) => hitOf(shape, turn + 1, turn));
      if (number === 0) expected[0] = 0; // nobody has sent the system prompt before
      expect(found).toEqual(expected);
    }
  });

  test('of several that take turns: all of it while the cache holds them all, and the system prompt alone where they push each other out', () => {
    const count = 6;
    const sessions = sessionsOf(shape, count);
    const blocks = (tokens: number): number => Math.ceil(tokens / BLOCK);
    const shared = whole(shape.system);
    const own = blocks(promptOf(shape, shape.turns) + shape.output) * BLOCK - shared;
    const foundWith = (kvTokens: number): readonly number[][] => {
      const { ask } = nodes(1, kvTokens);
      const found = sessions.map((): number[] => []);
      for (let turn = 0; turn < shape.turns; turn++)
        for (const [number, session] of sessions.entries()) found[number]!.push(ask(0, session[turn]!));
      return found;
    };
    const all = sessions[0]!.map((_, turn) => hitOf(shape, turn + 1, turn));
    for (const [number, found] of foundWith(shared + count * own).entries()) {
      expect(found).toEqual(number === 0 ? [0, ...all.slice(1)] : all);
    }
    // As much as one needs at its last turn: the five that asked since its turn before have pushed out what it had.
    const last = foundWith(shared + own).map((found) => found.at(-1)!);
    const least = whole(Math.min(shape.system, promptOf(shape, shape.turns) - 1));
    expect(last).toEqual(Array(count).fill(least));
  });

  test('spread over nodes at random finds what the latest turn there left: the mean is that of a geometric law', () => {
    const [count, spread] = [shape.system > 1000 ? 40 : 150, 4];
    const { ask } = nodes(spread, 1e7);
    const rng = seededRng(7)('spread');
    for (let node = 0; node < spread; node++) ask(node, sessionsOf(shape, 1)[0]![0]!); // every node knows the system prompt
    const sums = Array.from({ length: shape.turns }, () => 0);
    for (const session of sessionsOf(shape, count + 1).slice(1))
      for (const [turn, asked] of session.entries()) sums[turn]! += ask(rng.below(spread), asked);
    for (const [turn, sum] of sums.entries()) {
      const k = turn + 1;
      // The latest turn at the same node was j with the probability (1/n) (1 - 1/n)^(k-1-j); none was with (1 - 1/n)^(k-1).
      let [mean, square] = [0, 0];
      for (let j = 0; j < k; j++) {
        const share = j === 0 ? (1 - 1 / spread) ** (k - 1) : (1 / spread) * (1 - 1 / spread) ** (k - 1 - j);
        mean += share * hitOf(shape, k, j);
        square += share * hitOf(shape, k, j) ** 2;
      }
      const error = Math.sqrt(Math.max(0, square - mean ** 2) / count);
      expect(Math.abs(sum / count - mean)).toBeLessThanOrEqual(4 * error + 1e-9);
    }
  });
});

test('a node reports what share of prompts it found, about: the mean over its latest requests', () => {
  const shape = shapes[0]!;
  const { ask, report } = nodes(1, 1e6);
  let [found, asked] = [0, 0];
  for (const session of sessionsOf(shape, 60)) {
    for (const [turn, request] of session.entries()) {
      const hit = ask(0, request);
      found += hit;
      asked += promptOf(shape, turn + 1);
    }
  }
  expect(report(0).prefixHitShare).toBeCloseTo(found / asked, 1);
});
