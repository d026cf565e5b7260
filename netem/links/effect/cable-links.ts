import { fibreDelayUs } from '../../sky/path/fibre-delay.ts';
import type { FibreConfig } from '../fibre-schema.ts';
import { fibreLink } from '../model/fibre-link.ts';
import type { Foreseeable } from '../model/foreseeable.ts';
import type { Effect, LinkModel } from '../model/link-model.ts';
import { windowOf } from '../model/windows.ts';
import { withCongestion } from './with-congestion.ts';
import { type Cut, withCuts } from './with-cuts.ts';
import { withDailyCongestion } from './with-daily-congestion.ts';

/** A cable between two places `greatCircleKm` apart, with its traffic and its cuts. Only what comes every day is foreseen. */
export const cableLinks = (greatCircleKm: number, fibre: FibreConfig, epochUnixMs: number): Foreseeable<LinkModel> => {
  const bare = fibreLink(greatCircleKm, { ...fibre, equipmentUs: fibre.equipmentUs + fibre.hops * fibre.hopUs });
  const { usual, scripted } = congestionOf(fibre, epochUnixMs);
  const foreseen = usual(bare);
  return { actual: withCuts(cutsOf(greatCircleKm, fibre))(scripted(foreseen)), foreseen };
};

const congestionOf = (
  { congestion }: FibreConfig,
  epochUnixMs: number,
): { readonly usual: Effect; readonly scripted: Effect } => {
  const none: Effect = (link) => link;
  switch (congestion.kind) {
    case 'none':
      return { usual: none, scripted: none };
    case 'daily':
      return { usual: withDailyCongestion(congestion, epochUnixMs), scripted: none };
    case 'windows':
      return {
        usual: none,
        scripted: withCongestion(congestion.windows.map((window) => ({ ...window, ...windowOf(window) }))),
      };
  }
};

const cutsOf = (greatCircleKm: number, { cuts, stretch }: FibreConfig): readonly Cut[] =>
  cuts.map(({ convergenceS, detourStretch, ...cut }) => {
    const window = windowOf(cut);
    if (detourStretch === undefined) return { ...window, detourFromMs: window.toMs, detourUs: 0 };
    const detourUs = fibreDelayUs(greatCircleKm, detourStretch) - fibreDelayUs(greatCircleKm, stretch);
    return {
      ...window,
      detourFromMs: Math.min(window.toMs, window.fromMs + convergenceS * 1000),
      detourUs: Math.max(0, detourUs),
    };
  });
