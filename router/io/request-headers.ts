import { hashesInHeader, PREFIX_HEADER } from '../../workload/prefix-header.ts';
import type { RequestInfo } from '../request-info.ts';
import { countIn, type HeaderView } from './header-view.ts';
import { tokensByContentLength } from './prompt-estimate.ts';

/**
 * What the headers of a request tell a policy; `fallbackId` stands for a missing `x-request-id`. Missing counts are 0; a prompt is estimated by
 * the length of the body, where headers have that.
 */
export const requestInfoOf = (
  headers: HeaderView,
  {
    fallbackId,
    bytesPerToken,
    deadlineMs,
  }: { readonly fallbackId: number; readonly bytesPerToken: number; readonly deadlineMs: number },
): RequestInfo => ({
  id: headers.count('x-request-id') ?? fallbackId,
  promptTokens: headers.count('x-prompt-tokens') || tokensByContentLength(headers, bytesPerToken),
  maxOutputTokens: headers.count('x-max-output-tokens') ?? 0,
  session: headers.get('x-session-id') ?? '',
  model: headers.get('x-model') ?? '',
  class: headers.get('x-request-class') ?? '',
  priority: priorityIn(headers.get('x-priority')),
  sloTtftMs: headers.count('x-slo-ttft-ms') ?? 0,
  sloTpotMs: headers.count('x-slo-tpot-ms') ?? 0,
  deadlineMs,
  tenant: headers.get('x-tenant-id') ?? '',
  prefix: hashesInHeader(headers.get(PREFIX_HEADER)),
});

/** A whole number that may be below 0; 0 for any other text. */
const priorityIn = (header: string | undefined): number => {
  if (header === undefined) return 0;
  const isNegative = header.startsWith('-');
  const size = countIn(isNegative ? header.slice(1) : header) ?? 0;
  return isNegative && size > 0 ? -size : size;
};

export const isGrpc = (headers: HeaderView): boolean => {
  const type = headers.get('content-type');
  return type === 'application/grpc' || (type !== undefined && /^application\/grpc[+;]/.test(type));
};

/** The service in a path such as `/starlane.inference.v1.Inference/Generate`; null where the path is of another form. */
export const serviceIn = (path: string): string | null => {
  const end = path.indexOf('/', 1);
  const isOfThatForm = path.startsWith('/') && end > 1 && end < path.length - 1 && !path.includes('/', end + 1);
  return isOfThatForm ? path.slice(1, end) : null;
};
