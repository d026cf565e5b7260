import type { Ms } from '../../core/time/clock.ts';
import type { PrefixPart } from '../prefix.ts';
import type { SessionDraw, Turn } from './workload-kind.ts';

/**
 * A conversation that grows: each prompt repeats all prompts and answers before it, behind the text that all sessions of its class
 * begin with. It ends before its prompt and longest answer would be longer than `contextTokens`; its first prompt is cut to fit.
 */
export class Conversation {
  readonly turns: Turn[] = [];
  readonly #draw: SessionDraw;
  readonly #contextTokens: number;
  readonly #systemTokens: number;
  /** All tokens so far, the last answer included. */
  #tokens: number;

  constructor(draw: SessionDraw, of: { readonly contextTokens: number; readonly systemTokens: number }) {
    const most = Math.max(1, of.contextTokens - draw.maxOutputTokens);
    this.#draw = draw;
    this.#contextTokens = of.contextTokens;
    this.#systemTokens = Math.min(Math.round(of.systemTokens), most - 1);
    this.#tokens = this.#systemTokens;
  }

  /** Adds a turn with so many new tokens; false where it would not fit any more. */
  add(turn: { readonly pauseMs: Ms; readonly newTokens: number; readonly outputTokens: number }): boolean {
    const { className, session, maxOutputTokens } = this.#draw;
    const most = this.#contextTokens - maxOutputTokens;
    if (this.turns.length > 0 && this.#tokens + turn.newTokens > most) return false;
    const promptTokens = Math.max(1, Math.min(this.#tokens + turn.newTokens, most));
    const outputTokens = Math.min(turn.outputTokens, maxOutputTokens);
    this.#tokens = promptTokens + outputTokens;
    const own: PrefixPart = { key: session, tokens: this.#tokens - this.#systemTokens };
    const system: PrefixPart = { key: `${className} system`, tokens: this.#systemTokens };
    const prefix = this.#systemTokens === 0 ? [own] : [system, own];
    this.turns.push({ pauseMs: turn.pauseMs, promptTokens, outputTokens, prefix });
    return true;
  }
}
