import { ConfigError } from '../../../core/config/config-error.ts';
import { AFTER_AN_EDIT } from '../../../scenario/deployment/io/scenario-edits.ts';
import type { StandingPart } from '../../../scenario/deployment/parts.ts';

export interface StandingHealth {
  /** The shaper of the paths: `netem`, `relay`, or both names where the parts differ. */
  readonly shaper: string;
  readonly policy: string;
  /** How long the slowest part took to answer. */
  readonly slowestAnswerMs: number;
}

/**
 * Asks every part for its health until all are healthy and agree with `agrees`; reports through `onWaiting` which are not.
 * Rejects with one line after `withinMs`, and at once when a part runs with other values or `signal` aborts.
 */
export const healthyParts = async (options: {
  readonly parts: readonly StandingPart[];
  readonly agrees: Readonly<Record<string, string | number>>;
  readonly withinMs: number;
  readonly onWaiting: (names: readonly string[]) => void;
  readonly signal: AbortSignal;
}): Promise<StandingHealth> => {
  const { parts, agrees, withinMs, onWaiting, signal } = options;
  const deadlineMs = performance.now() + withinMs;
  for (;;) {
    signal.throwIfAborted();
    const answers = await Promise.all(parts.map(askedPart));
    for (const { part, health } of answers) {
      for (const [key, value] of Object.entries(agrees)) {
        const said = (health?.agrees as Record<string, unknown> | undefined)?.[key];
        if (said !== undefined && said !== value) {
          throw new ConfigError(
            key,
            `is ${shown(value)} for the load, but ${part.name} runs with ${shown(said)}: ${REMEDY}`,
          );
        }
      }
    }
    const unwell = unwellOf(answers);
    if (unwell.length === 0) return summaryOf(answers);
    if (performance.now() > deadlineMs) {
      const names = unwell.map(({ part, reason }) => `${part.name} (${reason})`).join(', ');
      throw new Error(`not healthy after ${withinMs / 1000} s: ${names}`);
    }
    onWaiting(unwell.map(({ part }) => part.name));
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
};

/**
 * Whom a load has to wait for. A node that drains, has no power or a fault is as somebody meant it to be: the load may begin, and the
 * router need not reach it.
 */
const unwellOf = (answers: readonly Answer[]): readonly Answer[] => {
  const meant = new Set(answers.flatMap(({ part, health }) => (isMeant(health) ? [part.name] : [])));
  const reaches = ({ health }: Answer): boolean =>
    !Array.isArray(health?.unreachable) || health.unreachable.every((endpoint) => meant.has(nodeOf(String(endpoint))));
  return answers.filter((answer) => !((answer.health?.ok === true || isMeant(answer.health)) && reaches(answer)));
};

/** `node/medium`, or `router/node/medium`. */
const nodeOf = (endpoint: string): string => endpoint.split('/').at(-2)!;

const isMeant = (health: Answer['health']): boolean => health?.ok === false && health.stands === true;

interface Answer {
  readonly part: StandingPart;
  readonly health: Readonly<Record<string, unknown>> | null;
  readonly reason: string;
  readonly tookMs: number;
}

const askedPart = async (part: StandingPart): Promise<Answer> => {
  const askedAtMs = performance.now();
  try {
    const response = await fetch(`http://${part.host}:${part.controlPort}/health`, {
      signal: AbortSignal.timeout(2000),
    });
    const health = (await response.json()) as Readonly<Record<string, unknown>>;
    return { part, health, reason: JSON.stringify(health), tookMs: performance.now() - askedAtMs };
  } catch (error) {
    const { message, cause } = error as Error;
    const reason = cause instanceof Error ? cause.message : message;
    return { part, health: null, reason, tookMs: performance.now() - askedAtMs };
  }
};

const summaryOf = (answers: readonly Answer[]): StandingHealth => {
  const said = (key: string): readonly string[] => [
    ...new Set(answers.flatMap(({ health }) => (typeof health?.[key] === 'string' ? [health[key]] : []))),
  ];
  return {
    shaper: said('shaper').toSorted().join('+'),
    policy: said('policy').join('+'),
    slowestAnswerMs: Math.max(...answers.map(({ tookMs }) => tookMs)),
  };
};

/** A hash is long. */
const shown = (value: unknown): string => String(value).slice(0, 12);

const REMEDY = `it changed since the topology came up; ${AFTER_AN_EDIT}`;

const RETRY_MS = 200;
