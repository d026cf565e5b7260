/** `weight / (outstanding + 1)^bias`: w = 2 with a = 4 and bias 1 give 0.4. The largest is taken. Source: Envoy, least request. */
export const leastRequestShare = (weight: number, outstanding: number, bias: number): number =>
  bias === 1 ? weight / (outstanding + 1) : weight / (outstanding + 1) ** bias;
