/** An instant in ISO 8601, UTC, without milliseconds where there are none: `2026-01-01T00:00:00Z`. */
export const utcText = (unixMs: number): string => new Date(unixMs).toISOString().replace('.000Z', 'Z');
