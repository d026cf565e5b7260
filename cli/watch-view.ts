import { setTimeout as wait } from 'node:timers/promises';
import { EXIT } from '../core/process/exit-code.ts';
import type { Ms } from '../core/time/clock.ts';
import { routeChanges } from '../report/sky/route-changes.ts';
import type { Drawn } from '../report/sky/sky-text.ts';
import { skyText } from '../report/sky/sky-text.ts';
import { SkyLooker, type SkyView } from '../report/sky/sky-view.ts';
import { Screen } from './io/screen.ts';
import { stopSignals } from './io/stop-signals.ts';
import { terminalLook } from './terminal-look.ts';

export interface WatchOptions {
  /** Run time at which it begins, and ends. */
  readonly startMs: Ms;
  readonly untilMs: Ms;
  /** How much faster than the wall clock run time passes. */
  readonly speed: number;
  /** Null for the width of the terminal. */
  readonly columns: number | null;
  readonly drawn: Drawn;
}

/**
 * Follows a view: on a terminal it is drawn again each second, elsewhere each change of the path is a line. Ends at `untilMs` or on
 * Ctrl-C, which sets the exit code to 130, and leaves the terminal as it was.
 */
export const watchView = async (view: SkyView, options: WatchOptions): Promise<void> => {
  const signal = stopSignals();
  if (process.stdout.isTTY) await watchOnScreen(view, options, signal);
  else await watchByLines(view, options, signal);
  if (signal.aborted) process.exitCode = EXIT.stopped;
};

const REDRAW_MS = 1000;

const watchOnScreen = async (view: SkyView, options: WatchOptions, signal: AbortSignal): Promise<void> => {
  const { startMs, untilMs, speed } = options;
  const look = terminalLook(process.env, { isTerminal: true });
  const looker = new SkyLooker(view);
  const pace = speed === 1 ? '' : `${speed} times as fast as real time; `;
  const titled = { ...view, title: `${view.title} (${pace}Ctrl-C ends)` };
  const screen = new Screen(process.stdout);
  const beganMs = performance.now();
  const draw = (): void => {
    const moment = looker.at(Math.min(untilMs, startMs + (performance.now() - beganMs) * speed));
    const linesFor = (columns: number, isCompact: boolean): readonly string[] =>
      skyText(titled, moment, { ...look, columns, drawn: options.drawn, isCompact });
    screen.draw(linesThatFit(linesFor, options.columns ?? screen.columns, screen.rows));
  };
  screen.onResume = draw;
  try {
    for (let frame = 1; !signal.aborted; frame++) {
      draw();
      if (startMs + (performance.now() - beganMs) * speed >= untilMs) return;
      await pause(beganMs + frame * REDRAW_MS - performance.now(), signal);
    }
  } finally {
    screen.close();
  }
};

/** On a small terminal empty lines and the legend go first, and then the map gets smaller. */
const linesThatFit = (
  linesFor: (columns: number, isCompact: boolean) => readonly string[],
  columns: number,
  rows: number,
): readonly string[] => {
  const all = linesFor(columns, false);
  if (all.length <= rows) return all;
  const compact = linesFor(columns, true);
  if (compact.length <= rows) return compact;
  const fitting = columns - COLUMNS_A_ROW * (compact.length - rows);
  return linesFor(Math.min(columns, Math.max(LEAST_COLUMNS, fitting)), true);
};

/** A map of the world is four times as wide as high, in cells. */
const COLUMNS_A_ROW = 4;

/** A map of less says nothing. */
const LEAST_COLUMNS = 40;

const watchByLines = async (view: SkyView, options: WatchOptions, signal: AbortSignal): Promise<void> => {
  const { startMs, untilMs, speed } = options;
  const { isUnicode } = terminalLook(process.env, { isTerminal: false });
  let isGone = false;
  const onError = (): void => {
    isGone = true; // a reader such as `head` that has enough
  };
  process.stdout.once('error', onError);
  const beganMs = performance.now();
  for (const { atMs, line } of routeChanges(view, { startMs, untilMs, arrow: isUnicode ? '→' : '->' })) {
    await pause(beganMs + (atMs - startMs) / speed - performance.now(), signal);
    if (signal.aborted || isGone) break;
    if (line !== null) process.stdout.write(`${line}\n`);
  }
  process.stdout.off('error', onError);
};

/** Always lets signals in. */
const pause = (ms: Ms, signal: AbortSignal): Promise<void> =>
  wait(Math.max(0, ms), undefined, { signal }).catch(() => {});
