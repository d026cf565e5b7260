import fc from 'fast-check';

/** What a peer may do, and what the application on the engine does. */
const VERBS = [
  ...['head', 'head', 'head', 'data', 'data', 'data', 'data', 'trailers', 'empty', 'interim'],
  ...['widen', 'widenStream', 'settings', 'ping', 'pong', 'priority', 'unknown', 'cancel', 'goaway'],
  ...[
    'open',
    'open',
    'answer',
    'answer',
    'send',
    'send',
    'send',
    'close',
    'use',
    'use',
    'reset',
    'probe',
    'announce',
    'leave',
  ],
  'wait',
] as const;

export type FuzzVerb = (typeof VERBS)[number];

/** What is done to the frames of a peer so that they may break a rule. */
export const TWISTS = [
  ...['bit', 'byte', 'flags', 'type', 'stream', 'length', 'cut', 'grow', 'twice', 'swap', 'noise'],
] as const;

export type Twist = (typeof TWISTS)[number];

/** One step of a run. Numbers choose among what is possible when the step comes, so that a part of a run is a run too. */
export interface FuzzStep {
  readonly verb: FuzzVerb;
  /** Which stream, list of fields or setting. */
  readonly pick: number;
  readonly size: number;
  /** Bits: `LAST` for the end of a message, 2 for padding, 4 for a priority, 8 for CONTINUATION. */
  readonly flags: number;
  /** Where the bytes are cut in two, when they are passed to the engine; 0 for nowhere. */
  readonly cutAt: number;
  readonly twist: Twist | null;
  readonly twistAt: number;
}

/** Both bits: a message ends seldom enough. */
export const LAST = 0x11;

export const isLastIn = ({ flags }: FuzzStep): boolean => (flags & LAST) === LAST;

/** Runs of at most `maxSteps`. `oneTwistedIn` is 0 for runs that keep every rule. */
export const fuzzSteps = (maxSteps: number, oneTwistedIn: number): fc.Arbitrary<readonly FuzzStep[]> =>
  fc.array(
    fc.record({
      verb: fc.constantFrom(...VERBS),
      pick: fc.nat(7),
      size: fc.oneof({ weight: 3, arbitrary: fc.nat(200) }, fc.nat(20_000), fc.nat(70_000)),
      flags: fc.nat(31),
      cutAt: fc.oneof(fc.constant(0), fc.nat(40)),
      twist:
        oneTwistedIn === 0
          ? fc.constant(null)
          : fc.oneof({ weight: oneTwistedIn, arbitrary: fc.constant(null) }, fc.constantFrom(...TWISTS)),
      twistAt: fc.nat(0xffff),
    }),
    { maxLength: maxSteps, size: 'max' },
  );
