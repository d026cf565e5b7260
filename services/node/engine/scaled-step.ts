import type { StepCoefficients } from './step-time.ts';

/** Coefficients whose steps take `factor` times as long, whatever they compute. */
export const scaledStep = <Step extends StepCoefficients>({ experts, contextSkew, ...step }: Step, factor: number) => ({
  ...scaled(step, factor),
  contextSkew,
  experts: experts && { ...experts, ...scaled({ readMs: experts.readMs, tokenUs: experts.tokenUs }, factor) },
});

const scaled = <Numbers extends object>(numbers: Numbers, factor: number): Numbers =>
  Object.fromEntries(
    Object.entries(numbers).map(([name, value]) => [name, typeof value === 'number' ? value * factor : value]),
  ) as Numbers;
