/** The traces that come with the project, each a file in `traces/`. */
export const BUNDLED_TRACES = ['azure-llm-2023-conversation'] as const;

export type BundledTrace = (typeof BUNDLED_TRACES)[number];

export const isBundledTrace = (name: string): name is BundledTrace =>
  (BUNDLED_TRACES as readonly string[]).includes(name);
