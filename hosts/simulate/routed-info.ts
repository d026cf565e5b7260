import type { RequestInfo } from '../../router/request-info.ts';
import { routedHashes } from '../../workload/prefix-header.ts';
import type { PlannedRequest } from '../../workload/schedule.ts';

/** What the headers of a planned request tell a router in a live run. */
export const routedInfoOf = (planned: PlannedRequest): RequestInfo => ({
  id: planned.id,
  promptTokens: planned.promptTokens,
  maxOutputTokens: planned.maxOutputTokens,
  session: planned.session,
  model: planned.model,
  class: planned.class,
  priority: planned.priority,
  tenant: planned.tenant,
  prefix: routedHashes(planned.prefix, planned.promptTokens),
});
