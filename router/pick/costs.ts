import type { Ms } from '../../core/time/clock.ts';
import type { Forecast } from '../endpoint/forecast.ts';
import type { NodeLoad } from '../endpoint/node-load.ts';

/**
 * The round trip of a request that leaves now and whose answer starts `serviceMs` after it arrives, in milliseconds.
 *
 * If a hand-over comes before the answer is back, the prompt uses the current path and the answer the path after
 * the hand-over, and crossing costs `handoverMs`. An unknown round trip counts as 0: the residual learns it.
 */
export const networkMs = (
  forecast: Forecast,
  endpoint: number,
  nowMs: Ms,
  { serviceMs, handoverMs }: { readonly serviceMs: Ms; readonly handoverMs: Ms },
): Ms => {
  const rttMs = knownOr0(forecast.rttMsAt(endpoint, nowMs, nowMs));
  const handoverAtMs = forecast.nextHandoverAfter(endpoint, nowMs);
  if (handoverAtMs >= nowMs + rttMs + serviceMs) return rttMs;
  return (rttMs + knownOr0(forecast.rttMsAt(endpoint, handoverAtMs, nowMs))) / 2 + handoverMs;
};

/**
 * From the arrival of a prompt at a node to its first token, in milliseconds, as a fluid:
 *
 *     backlog = max(0, pending * c - age) + unreported * c
 *     service = 1.5 * step + backlog + prompt * c
 *
 * with c the reported time a prompt token, `age` since the report, `unreported` the tokens sent there since; a prompt
 * waits half a step for the current one and is then computed in at least one of its own. A node that never reported
 * counts as idle, with `prefillMsPerToken` for c. KV blocks that run out are not priced.
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
  const pendingMs = ageMs >= 0 ? Math.max(0, nodes.pendingPromptTokens[node]! * perTokenMs - ageMs) : 0;
  const backlogMs = pendingMs + nodes.unreportedPromptTokens[node]! * perTokenMs;
  return 1.5 * nodes.stepMs[node]! + backlogMs + promptTokens * perTokenMs;
};

const knownOr0 = (ms: Ms): Ms => (Number.isNaN(ms) ? 0 : ms);
