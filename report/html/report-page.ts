import { createHash } from 'node:crypto';
import type { Timeline } from '../charts/charts-schema.ts';
import { aboutSection } from './about-section.ts';
import { answerFigure } from './answer-figure.ts';
import { barPanel } from './bar-panel.ts';
import { comparisonFigure } from './comparison-figure.ts';
import { type Contender, contendersOf, meanOf, type ReportedFolder } from './contender.ts';
import { energyFigure } from './energy-figure.ts';
import { figureOf } from './figure.ts';
import { groupFigure } from './group-figure.ts';
import { linkErrorFigure } from './link-error-figure.ts';
import { mapFigure } from './map-figure.ts';
import { scenarioMap } from './map-scenes.ts';
import { html, Markup } from './markup.ts';
import { pageFrame } from './page-frame.ts';
import { phaseFigure } from './phase-figure.ts';
import { digits, listed, msText, percentText, unbroken } from './quantities.ts';
import { regretE2eFigure, regretFigure } from './regret-figure.ts';
import { MAP_SCRIPT } from './script.ts';
import { shareFigure } from './share-figure.ts';
import { tailFigure } from './tail-figure.ts';
import { timelineFigure } from './timeline-figure.ts';
import { validitySection } from './validity-section.ts';
import { type PolicyVerdict, verdictOf } from './verdict.ts';

/** One HTML page about the runs of some folders. It needs nothing from a network, and sends nothing to one. */
export const reportPage = (folders: readonly ReportedFolder[]): string => {
  const contenders = contendersOf(folders);
  const timed = contenders.filter(
    (contender): contender is Contender & { readonly timeline: Timeline } => contender.timeline !== null,
  );
  const verdict = verdictOf(contenders);
  const name = listed([...new Set(folders.map(({ summary }) => summary.scenario.name))]);
  const figures = [
    tailFigure(contenders),
    timelineFigure(timed),
    comparisonFigure(contenders),
    regretFigure(contenders),
    regretE2eFigure(contenders),
    answerFigure(contenders),
    groupFigure(contenders),
    phaseFigure(contenders),
    shareFigure(timed),
    ...mapsOf(folders),
    linkErrorFigure(contenders),
    energyFigure(contenders),
  ].filter((figure) => figure !== null);
  return pageFrame({
    title: `${verdict.headline} - Starlane, ${name}`,
    header: html`<h1>Starlane report: ${name}</h1>${verdictBox(contenders, verdict)}`,
    main: html`${STRIPES}
${tableSection(contenders, verdict)}
${missingCharts(folders)}
${figures.map(figureOf)}
${validitySection(contenders)}
${aboutSection(folders)}`,
    scripts: html`<script>${new Markup(MAP_SCRIPT)}</script>`,
    scriptSource: SCRIPT_SOURCE,
  });
};

/** No script but ours runs, whatever gets into the page. */
const SCRIPT_SOURCE = `'sha256-${createHash('sha256').update(MAP_SCRIPT).digest('base64')}'`;

/** Fills of shares over laser: over the colour of the node. */
const STRIPES = html`<svg width="0" height="0" aria-hidden="true" style="position:absolute"><defs><pattern id="stripes" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><path d="M0 0V6" stroke="var(--stripe)" stroke-width="5"/></pattern></defs></svg>`;

const verdictBox = (contenders: readonly Contender[], verdict: PolicyVerdict): Markup => {
  const { headline, sentences, isValid, tail } = verdict;
  const title = `Time to first token, ${tail.name}`;
  const bars = contenders.map((contender) => ({
    label: contender.label,
    index: contender.index,
    value: meanOf(contender, tail.metric),
  }));
  return html`<div class="verdict${isValid ? '' : ' invalid'}"><div>
<span class="badge">${isValid ? '✓ valid' : '✗ not valid'}</span>
<h2>${unbroken(headline)}.</h2>
${isValid ? null : html`<p><a href="#validity">Why not?</a></p>`}
${sentences.map((sentence) => html`<p>${unbroken(sentence)}</p>`)}
</div>${
    bars.length < 2 || bars.length > MOST_BARS
      ? null
      : html`<div class="glance"><h3>${title}</h3>${barPanel(bars, { title, text: msText, missing: 'censored' })}</div>`
  }</div>`;
};

/** More do not fit beside the verdict. */
const MOST_BARS = 10;

const COLUMNS: readonly {
  readonly title: string;
  readonly metric: string;
  readonly text: (value: number) => string;
}[] = [
  { title: 'TTFT p50', metric: 'ttft.p50', text: digits },
  { title: 'p95', metric: 'ttft.p95', text: digits },
  { title: 'p99', metric: 'ttft.p99', text: digits },
  { title: 'p99.9', metric: 'ttft.p999', text: digits },
  { title: 'E2E p99', metric: 'e2e.p99', text: digits },
  { title: 'TPOT p50', metric: 'tpot.p50', text: digits },
  { title: 'goodput', metric: 'goodput', text: (value) => value.toFixed(2) },
  { title: 'objectives met', metric: 'attained', text: percentText },
];

const tableSection = (contenders: readonly Contender[], { winner, isValid }: PolicyVerdict): Markup => {
  const { slo } = contenders[0]!.runs[0]!.conditions;
  const count = (contender: Contender, of: 'requests' | 'answered'): number =>
    contender.runs.reduce((sum, { figures }) => sum + figures[of], 0);
  const hasInvalid = contenders.some(({ isValid }) => !isValid);
  return html`<section aria-labelledby="figures"><h2 id="figures">The figures</h2>
<div class="scroll" tabindex="0" role="region" aria-label="The figures by policy"><table>
<thead><tr><th scope="col">policy</th>${COLUMNS.map(({ title }) => html`<th scope="col">${title}</th>`)}<th scope="col">requests</th><th scope="col">not answered</th>${hasInvalid ? html`<th scope="col">valid</th>` : null}</tr></thead>
<tbody>${contenders.map(
    (contender) =>
      html`<tr class="${isValid && contender.label === winner ? 'winner' : ''}"><th scope="row">${contender.label}</th>${COLUMNS.map(
        ({ metric, text }) => {
          const mean = meanOf(contender, metric);
          return html`<td>${mean === null ? 'censored' : text(mean)}</td>`;
        },
      )}<td>${count(contender, 'requests').toLocaleString('en')}</td><td>${(count(contender, 'requests') - count(contender, 'answered')).toLocaleString('en')}</td>${hasInvalid ? html`<td>${contender.isValid ? 'yes' : 'no'}</td>` : null}</tr>\n`,
  )}</tbody></table></div>
<p class="how">Times are in ms, goodput is requests a second. TTFT: first token after the intended start. E2E: last token. TPOT: time for each token after the first. Goodput: requests that met every objective
(TTFT ${slo.ttftMs} ms, TPOT ${slo.tpotMs} ms). “p99” is the time within which 99 of 100 requests are. Censored: it falls on requests without a first token, or without a whole answer.</p></section>`;
};

/** Two folders of one scenario have one map. */
const mapsOf = (folders: readonly ReportedFolder[]) => {
  const scenarios = new Map(
    folders.flatMap(({ summary, scenario }) =>
      scenario === null ? [] : [[summary.scenario.fileHash, scenario] as const],
    ),
  );
  const [first] = scenarios.values();
  return first === undefined ? [] : [mapFigure(scenarioMap(first))];
};

const missingCharts = (folders: readonly ReportedFolder[]): Markup | null => {
  const without = folders.filter(({ charts }) => charts === null).map(({ name }) => name);
  if (without.length === 0) return null;
  return html`<section class="plain"><p>There are no curves and no timeline of ${listed(without)}: neither charts.json nor events.jsonl is there.</p></section>`;
};
