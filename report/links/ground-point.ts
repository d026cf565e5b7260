import { ConfigError } from '../../core/config/config-error.ts';

/** A point on the ground with the name that the user gave. */
export interface NamedPoint {
  readonly name: string;
  readonly latDeg: number;
  readonly lonDeg: number;
}

/**
 * The point of `LAT,LON` in decimal degrees, or null when `text` is something else, such as the name of a city.
 * `option` is the option that held the text. @throws ConfigError when it is out of range.
 */
export const groundPointIn = (text: string, option: string): NamedPoint | null => {
  const match = /^\s*([-+]?[\d.]+)\s*,\s*([-+]?[\d.]+)\s*$/.exec(text);
  if (match === null) return null;
  const [latDeg, lonDeg] = [Number(match[1]), Number(match[2])];
  const check = (name: string, value: number, most: number): void => {
    if (Math.abs(value) <= most) return; // false for NaN
    throw new ConfigError(option, `is "${text}": its ${name} is ${value}, expected -${most} to ${most} degrees`);
  };
  check('latitude', latDeg, 90);
  check('longitude', lonDeg, 180);
  return { name: `${latDeg},${lonDeg}`, latDeg, lonDeg };
};
