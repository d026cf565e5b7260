/** What was measured of one case: quantiles in milliseconds. */
export interface KernelRow {
  readonly name: string;
  readonly bytes: number;
  readonly count: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
}

/** Reads the table of measurements: CSV with the columns case, bytes, n, p50_ms, p95_ms, p99_ms. @throws Error naming a bad line. */
export const parseKernelTable = (text: string): readonly KernelRow[] =>
  text
    .trim()
    .split('\n')
    .slice(1)
    .map((line, index) => {
      const [name, ...figures] = line.split(',');
      const [bytes, count, p50Ms, p95Ms, p99Ms] = figures.map(Number);
      if (figures.length !== 5 || figures.some((figure) => !Number.isFinite(Number(figure)))) {
        throw new Error(`line ${index + 2} is "${line}", expected case,bytes,n,p50_ms,p95_ms,p99_ms`);
      }
      return { name: name!, bytes: bytes!, count: count!, p50Ms: p50Ms!, p95Ms: p95Ms!, p99Ms: p99Ms! };
    });
