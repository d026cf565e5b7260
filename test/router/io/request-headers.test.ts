import { describe, expect, test } from 'vitest';
import { headerViewOf } from '../../../router/io/header-view.ts';
import { requestInfoOf } from '../../../router/io/request-headers.ts';
import { SAYS_NOTHING } from '../../../router/request-info.ts';
import { NO_HASHES } from '../../../workload/prefix.ts';
import { prefixHeaderBytes, routedHashes } from '../../../workload/prefix-header.ts';

const infoOf = (headers: Record<string, string>) =>
  requestInfoOf(headerViewOf(headers), { fallbackId: -5, bytesPerToken: 4, deadlineMs: 0 });

describe('what a router knows of a request', () => {
  test('is in its headers', () => {
    const prefix = routedHashes([{ key: 'system', tokens: 2048 }], 3000);
    const info = infoOf({
      'x-request-id': '12',
      'x-prompt-tokens': '3000',
      'x-max-output-tokens': '256',
      'x-session-id': 's-1',
      'x-model': 'llama-8b',
      'x-request-class': 'chat',
      'x-priority': '-2',
      'x-slo-ttft-ms': '400',
      'x-slo-tpot-ms': '25',
      'x-tenant-id': 'acme',
      'x-prefix-bin': prefixHeaderBytes(prefix).toString('base64'),
    });
    expect(info).toEqual({
      ...{ id: 12, promptTokens: 3000, maxOutputTokens: 256, session: 's-1' },
      ...{ model: 'llama-8b', class: 'chat', priority: -2, tenant: 'acme', prefix },
      ...{ sloTtftMs: 400, sloTpotMs: 25, deadlineMs: 0 },
    });
  });

  test('is nothing where they say nothing, and all of those share one empty prefix', () => {
    const info = infoOf({});
    expect(info).toEqual({ id: -5, promptTokens: 0, maxOutputTokens: 0, ...SAYS_NOTHING });
    expect(info.prefix).toBe(NO_HASHES);
  });

  test.each([
    [{ 'content-length': '4005' }, 1000],
    [{ 'content-length': '6' }, 1],
    [{ 'content-length': '5' }, 0],
    [{ 'content-length': '4005', 'x-prompt-tokens': '7' }, 7],
    [{ 'content-length': '4005', 'x-prompt-tokens': '0' }, 1000],
  ] as const)('%o has %d prompt tokens, as far as headers tell', (headers, tokens) => {
    expect(infoOf(headers).promptTokens).toBe(tokens);
  });

  test('counts as no objective what is no whole number above 0', () => {
    for (const header of ['0', '-5', '1.5', 'soon', '']) {
      expect(infoOf({ 'x-slo-ttft-ms': header, 'x-slo-tpot-ms': header })).toMatchObject({
        sloTtftMs: 0,
        sloTpotMs: 0,
      });
    }
  });

  test.each([
    ['7', 7],
    ['-7', -7],
    ['0', 0],
    ['-0', 0],
    ['', 0],
    ['-', 0],
    ['1.5', 0],
    ['high', 0],
  ])('the priority "%s" is %d', (header, priority) => {
    expect(infoOf({ 'x-priority': header }).priority).toBe(priority);
  });
});
