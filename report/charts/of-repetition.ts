import type { RunCharts } from './charts-schema.ts';

/** What is kept of a run of many repetitions: only the first has a timeline, because each seed has a network of its own. */
export const ofRepetition = (charts: RunCharts, repetition: number): RunCharts =>
  repetition === 1 ? charts : { ...charts, timeline: null };
