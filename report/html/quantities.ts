/** Numbers as a report writes them. A figure that is null was not seen. */

export const msText = (ms: number): string => `${digits(ms)} ms`;

/** A number of milliseconds with about three digits, without its unit. */
export const digits = (value: number): string => {
  const size = Math.abs(value);
  if (size >= 10_000) return String(Math.round(value)).replaceAll(/\B(?=(?:\d{3})+$)/g, ',');
  return value.toFixed(size >= 100 || value === 0 ? 0 : size >= 10 ? 1 : 2);
};

/** A round value at an axis. */
export const tickText = (value: number): string => String(Number(value.toPrecision(3)));

export const signedMs = (ms: number): string => `${ms >= 0 ? '+' : '−'}${digits(Math.abs(ms))} ms`;

export const percentText = (share: number, decimals = 1): string => `${(share * 100).toFixed(decimals)} %`;

/** An instant or a length of time of a run: `45 s`, `4:30`, `1:05:00`. */
export const clockText = (seconds: number): string => {
  if (seconds < 100) return `${Number(seconds.toFixed(1))} s`;
  const whole = Math.round(seconds);
  const two = (part: number): string => String(part).padStart(2, '0');
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
};

/** `a, b and c`; of many names the first ones. */
export const listed = (names: readonly string[], most = 6): string => {
  if (names.length > most) return `${names.slice(0, most).join(', ')} and ${names.length - most} more`;
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
};

/** The same text with numbers that stay on one line with their units. */
export const unbroken = (text: string): string => text.replaceAll(/(?<=\d) (?=(?:ms|s|%|J|W)(?!\w))/g, '\u00a0');

/** A name for a place that has room for `most` letters. */
export const cut = (name: string, most: number): string => (name.length <= most ? name : `${name.slice(0, most - 1)}…`);
