import { type Contender, faultsOfFolder } from './contender.ts';
import { html, type Markup } from './markup.ts';
import { listed } from './quantities.ts';

/** Whether the figures may be used, and what to keep in mind, in plain words. */
export const validitySection = (contenders: readonly Contender[]): Markup => {
  const invalid = contenders.filter(({ isValid }) => !isValid);
  const notes = notesOf(contenders);
  return html`<section class="plain" aria-labelledby="validity"><h2 id="validity">Can these figures be used?</h2>
<p>${
    invalid.length === 0
      ? `Yes. Nothing of ${contenders.length === 1 ? 'the run' : 'these runs'} is missing or was cut off, the load was sent as planned, and timing errors are small beside the figures.`
      : `Not those of ${listed(invalid.map(({ label }) => label))}. A result is only used when nothing of a run is missing or cut off, the load was sent as planned, and timing errors are small beside the figures.`
  }</p>
${invalid.map(
  ({ label, folder, runs }) =>
    html`<h3>Why not ${label}</h3><ul>${[...faultsOfFolder(folder.summary), ...reasonsOf(runs)].map((reason) => html`<li>${reason}</li>`)}</ul>`,
)}
${notes.length === 0 ? null : html`<h3>Keep in mind</h3><ul>${notes.map((note) => html`<li>${note}</li>`)}</ul>`}</section>`;
};

const MOST = 30;

/** Each reason once, with the seeds that have it where there are several. */
const reasonsOf = (runs: Contender['runs']): readonly string[] => {
  const said = runs.flatMap(({ key, invalidBecause }) =>
    invalidBecause.map((reason) => ({ seed: `${key.seed}`, reason })),
  );
  return shortened(
    [...Map.groupBy(said, ({ reason }) => reason)].map(([reason, by]) =>
      runs.length === 1 ? reason : `${reason} (seed ${listed(by.map(({ seed }) => seed))})`,
    ),
  );
};

/** Each note once, with the policies that have it unless all do. Notes of further seeds differ by their figures only. */
const notesOf = (contenders: readonly Contender[]): readonly string[] => {
  const said = contenders.flatMap(({ label, runs }) => [...new Set(runs[0]!.notes)].map((note) => ({ label, note })));
  return shortened(
    [...Map.groupBy(said, ({ note }) => note)].map(([note, by]) =>
      by.length === contenders.length ? note : `${by.map(({ label }) => label).join(', ')}: ${note}`,
    ),
  );
};

const shortened = (lines: readonly string[]): readonly string[] =>
  lines.length <= MOST ? lines : [...lines.slice(0, MOST), `and ${lines.length - MOST} more: see summary.json`];
