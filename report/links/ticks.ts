/** Round values from `low` to `high`, about `count` of them, at steps of 1, 2 or 5 times a power of ten. */
export const roundTicks = (low: number, high: number, count: number): readonly number[] => {
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10);
  return multiples(low, high, step);
};

/** Round instants in seconds from `low` to `high`, about `count` of them, at steps used on clocks. */
export const timeTicks = (low: number, high: number, count: number): readonly number[] => {
  const rough = (high - low) / count;
  const step = CLOCK_STEPS.find((seconds) => seconds >= rough);
  return step === undefined || rough < 1 ? roundTicks(low, high, count) : multiples(low, high, step);
};

const CLOCK_STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 14_400, 21_600];

const multiples = (low: number, high: number, step: number): readonly number[] => {
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  // A step below 1 is not exact in binary, so each multiple is rounded to a few digits.
  return Array.from({ length: last - first + 1 }, (_, index) => Number(((first + index) * step).toPrecision(12)));
};
