import type { Ms } from '../../core/time/clock.ts';
import type { NodeLoad } from '../endpoint/node-load.ts';
import type { PriceList } from './price-list.ts';

/**
 * From the arrival of a prompt at a node to its first token, in milliseconds, as a fluid:
 *
 *     backlog = max(0, pending * c - age) + unseen * c
 *     service = step / 2 + backlog + max(step, base + prompt * c)
 *
 * with `base` and c the reported line of steps that arithmetic bounds (`StepMeter`), `age` since the report, `unseen` the tokens that came
 * there since, of all routers as far as one can tell (`NodeLoad`); a prompt waits half a step for the current one and is then computed in at least one of its own. A node that never reported
 * counts as idle, with `prefillMsPerToken` for c. KV blocks that run out are not priced: a term of the requests that wait for
 * them changed no figure near capacity.
 */
export const nodeMs = (
  nodes: NodeLoad,
  node: number,
  nowMs: Ms,
  { promptTokens, prefillMsPerToken }: { readonly promptTokens: number; readonly prefillMsPerToken: Ms },
): Ms => {
  const reported = nodes.prefillMsPerToken[node]!;
  const perTokenMs = reported > 0 ? reported : prefillMsPerToken;
  const ageMs = nowMs - nodes.reportedAtMs[node]!;
  const leftMs = nodes.pendingPromptTokens[node]! * perTokenMs - ageMs;
  const backlogMs = (ageMs >= 0 && leftMs > 0 ? leftMs : 0) + nodes.unseenPromptTokens(node) * perTokenMs;
  const stepMs = nodes.stepMs[node]!;
  const promptMs = nodes.prefillBaseMs[node]! + promptTokens * perTokenMs;
  return stepMs / 2 + backlogMs + (promptMs > stepMs ? promptMs : stepMs);
};

/** Writes it into `predictedMs` of `list`, by its `promptTokens`. */
export const allNodeMs = (
  nodes: NodeLoad,
  { nodes: rows, count, promptTokens, predictedMs }: PriceList,
  nowMs: Ms,
  prefillMsPerToken: Ms,
): void => {
  for (let place = 0; place < count; place++) {
    const prompt = { promptTokens: promptTokens[place]!, prefillMsPerToken };
    predictedMs[place] = nodeMs(nodes, rows[place]!, nowMs, prompt);
  }
};
