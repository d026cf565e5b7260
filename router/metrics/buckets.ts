/** Latency in seconds, as gRPC's own plugins cut it. Source: gRFC A66, "Units". */
export const LATENCY_S: readonly number[] = [
  0, 0.00001, 0.00005, 0.0001, 0.0003, 0.0006, 0.0008, 0.001, 0.002, 0.003, 0.004, 0.005, 0.006, 0.008, 0.01, 0.013,
  0.016, 0.02, 0.025, 0.03, 0.04, 0.05, 0.065, 0.08, 0.1, 0.13, 0.16, 0.2, 0.25, 0.3, 0.4, 0.5, 0.65, 0.8, 1, 2, 5, 10,
  20, 50, 100,
];

/** How often something was done for one request. Requests have at most 5 attempts. */
export const RETRIES: readonly number[] = [1, 2, 3, 4];

/** What a prediction missed, in seconds: below 0 where the answer came early. */
export const ERROR_S: readonly number[] = [
  -2, -1, -0.5, -0.2, -0.1, -0.05, -0.02, -0.01, -0.005, 0, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5,
];

/** How long a choice among endpoints takes, in seconds: tens of nanoseconds, more with thousands of endpoints. */
export const PICK_S: readonly number[] = [
  1e-7, 2e-7, 5e-7, 1e-6, 2e-6, 5e-6, 1e-5, 2e-5, 5e-5, 1e-4, 2e-4, 5e-4, 0.001, 0.01,
];
