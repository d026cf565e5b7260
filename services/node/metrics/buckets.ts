/**
 * Upper bounds of vLLM's histograms, in seconds. Source: vllm/v1/metrics/loggers.py, V1 engine, 2025. The bounds for time
 * per token are used both for the time between tokens and for its mean over an answer.
 */
export const TTFT_S: readonly number[] = [
  0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40, 80, 160, 640, 2560,
];

export const TIME_PER_TOKEN_S: readonly number[] = [
  0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40, 80,
];

export const REQUEST_S: readonly number[] = [
  0.3, 0.5, 0.8, 1, 1.5, 2, 2.5, 5, 10, 15, 20, 30, 40, 50, 60, 120, 240, 480, 960, 1920, 7680,
];

/** 1, 2, 5, 10, 20, ... up to the longest possible length. In vLLM they go up to its longest context. */
export const lengthBuckets = (longestTokens: number): readonly number[] => {
  const buckets: number[] = [];
  for (let decade = 1; ; decade *= 10) {
    for (const digit of [1, 2, 5]) {
      if (digit * decade > longestTokens) return buckets;
      buckets.push(digit * decade);
    }
  }
};
