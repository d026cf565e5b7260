/** What h2load says of its requests at its end. */
export interface H2loadOutput {
  readonly total: number;
  readonly succeeded: number;
  /** Failed, with an error, or not in time. */
  readonly failed: number;
  /** With a status of 200 to 299. */
  readonly ok: number;
  readonly dataBytes: number;
  readonly requestsPerS: number;
}

/** Reads what h2load printed; null where it has not the lines of a run that came to its end. */
export const parsedH2load = (text: string): H2loadOutput | null => {
  const finished = /^finished in [^,]+, ([\d.]+) req\/s/m.exec(text);
  const requests =
    /^requests: (\d+) total, \d+ started, \d+ done, (\d+) succeeded, (\d+) failed, \d+ errored, \d+ timeout/m.exec(
      text,
    );
  const statuses = /^status codes: (\d+) 2xx/m.exec(text);
  const data = /^traffic: .*\((\d+)\) data$/m.exec(text);
  if (finished === null || requests === null || statuses === null || data === null) return null;
  return {
    total: Number(requests[1]),
    succeeded: Number(requests[2]),
    failed: Number(requests[3]),
    ok: Number(statuses[1]),
    dataBytes: Number(data[1]),
    requestsPerS: Number(finished[1]),
  };
};

/** What is wrong with the answers, where each should have `bodyBytes`; null for nothing. */
export const faultOfH2load = (output: H2loadOutput | null, bodyBytes: number): string | null => {
  if (output === null) return 'h2load did not come to its end';
  const { total, succeeded, ok, dataBytes } = output;
  if (succeeded !== total) return `${total - succeeded} of ${total} requests failed`;
  if (ok !== total) return `${total - ok} of ${total} answers have another status than 2xx`;
  if (dataBytes !== total * bodyBytes) return `answers have ${dataBytes} bytes, expected ${total * bodyBytes}`;
  return null;
};

/** The latencies, in ms, of a log of h2load: a line a request, of its start in us, its status, and its latency in us. */
export const h2loadLatenciesMs = (log: string): Float64Array => {
  const latencies: number[] = [];
  for (const line of log.split('\n')) {
    const at = line.lastIndexOf('\t');
    if (at > 0) latencies.push(Number(line.slice(at + 1)) / 1000);
  }
  return Float64Array.from(latencies);
};
