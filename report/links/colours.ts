/** The colours of both pictures: dark for text, greys for the background, and two hues that colour-blind people can tell apart. */
export const COLOURS = {
  ink: '#0f172a',
  quiet: '#64748b',
  grid: '#e2e8f0',
  slot: '#cbd5e1',
  space: '#2563eb',
  fibre: '#d97706',
  down: '#fee2e2',
  sea: '#f1f6fb',
  land: '#d5dde7',
} as const;
