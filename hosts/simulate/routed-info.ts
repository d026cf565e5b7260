import type { Ms } from '../../core/time/clock.ts';
import { type RequestInfo, SAYS_NOTHING } from '../../router/request-info.ts';
import { routedHashes } from '../../workload/prefix-header.ts';
import type { PlannedRequest } from '../../workload/schedule.ts';

/** What the headers of a planned request tell a router in a live run; its deadline counts from when it is sent. */
export const routedInfoOf = (planned: PlannedRequest, deadlineMs: Ms): RequestInfo => ({
  ...SAYS_NOTHING,
  deadlineMs,
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
