import { InvalidArgumentError } from 'commander';
import { seconds } from './run-options.ts';

/** A time on the command line, in seconds, which may be 0. */
export function secondsOrZero(text: string): number {
  return /^0+(\.0*)?(s|m|h)?$/.test(text) ? 0 : seconds(text);
}

/** Milliseconds between steps on the command line. */
export function stepMs(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < 1 || value > 3_600_000)
    throw new InvalidArgumentError('Expected whole milliseconds, 1 to 3600000.');
  return value;
}

/** How many times as long as the great circle fibre is, on the command line. */
export function stretchOf(text: string): number {
  const value = Number(text);
  if (!(value >= 1 && value <= 20)) throw new InvalidArgumentError('Expected a number from 1 to 20.');
  return value;
}

/** An instant on the command line, in Unix milliseconds. */
export function epochOf(text: string): number {
  const unixMs = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?Z)?$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(unixMs)) throw new InvalidArgumentError('Expected an instant such as 2026-01-01T00:00:00Z.');
  return unixMs;
}

/** How much faster than the wall clock time passes, on the command line. */
export function speedOf(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= 100_000) || text.trim() === '')
    throw new InvalidArgumentError('Expected a number above 0 and at most 100000.');
  return value;
}
