/** The style sheet of a report. Both sets of colours have a contrast of 4.5 for text and 3 for lines, and can be told apart by colour-blind readers. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --page: #fcfcfb; --card: #ffffff; --ink: #17202e; --quiet: #55606f; --line: #dfe3e8; --soft: #eff2f5;
  --good: #0b6b4b; --good-soft: #e3f4ec; --bad: #a3260f; --bad-soft: #fdebe7; --accent: #1457a8;
  --fault: #f6c7b8; --sea: #f3f7fb; --land: #d9e0e8; --stripe: #ffffffb0;
  --s0: #0068a8; --s1: #c24e00; --s2: #00805c; --s3: #a13d86; --s4: #836500; --s5: #52606f; --s6: #2390c2; --s7: #7d4a21;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #10141b; --card: #171c25; --ink: #e8ecf2; --quiet: #a5b0bf; --line: #323b48; --soft: #1f2631;
    --good: #6fdcb0; --good-soft: #12312a; --bad: #ff9d87; --bad-soft: #3a1a14; --accent: #8bbcf5;
    --fault: #63321f; --sea: #141b25; --land: #2b3543; --stripe: #10141bb0;
    --s0: #56b4e9; --s1: #f58d4e; --s2: #2fc79a; --s3: #e28fc7; --s4: #e0c34a; --s5: #a9b4c3; --s6: #8fa8ff; --s7: #c99b72;
  }
}
.c0 { --c: var(--s0); } .c1 { --c: var(--s1); } .c2 { --c: var(--s2); } .c3 { --c: var(--s3); }
.c4 { --c: var(--s4); } .c5 { --c: var(--s5); } .c6 { --c: var(--s6); } .c7 { --c: var(--s7); }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.55 Inter, system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif; }
main, header, footer { max-width: 1180px; margin: 0 auto; padding: 0 16px; }
header { padding-top: 28px; }
h1 { font-size: 1rem; font-weight: 600; color: var(--quiet); margin: 0 0 18px; letter-spacing: 0.01em; overflow-wrap: anywhere; }
h2 { font-size: 1.25rem; line-height: 1.25; margin: 0 0 8px; letter-spacing: -0.01em; }
h3 { font-size: 0.9rem; margin: 0 0 2px; overflow-wrap: anywhere; }
p { margin: 0 0 10px; }
a { color: var(--accent); }
.verdict { background: var(--good-soft); border-left: 5px solid var(--good); border-radius: 4px 10px 10px 4px; padding: 20px 22px 14px; }
.verdict.invalid { background: var(--bad-soft); border-color: var(--bad); }
.verdict h2 { font-size: clamp(1.35rem, 4vw, 2rem); line-height: 1.2; letter-spacing: -0.02em; text-wrap: balance; overflow-wrap: anywhere; }
.verdict p { max-width: 75ch; overflow-wrap: anywhere; }
.glance { max-width: 380px; margin: 10px 0 6px; }
.glance h3 { margin-bottom: 8px; }
@media (min-width: 900px) { .verdict { display: grid; grid-template-columns: minmax(0, 1fr) 360px; gap: 36px; } }
.badge { display: inline-block; font-size: 0.82rem; font-weight: 600; padding: 2px 10px; border-radius: 99px; border: 1px solid currentColor; margin-bottom: 10px; color: var(--good); }
.invalid .badge { color: var(--bad); }
section { margin: 40px 0; }
.figure, .plain { border-top: 1px solid var(--line); padding-top: 26px; }
.says { font-size: 1.02rem; overflow-wrap: anywhere; }
.how { font-size: 0.86rem; color: var(--quiet); line-height: 1.5; overflow-wrap: anywhere; }
.picture { min-width: 0; }
@media (min-width: 1000px) {
  .figure { display: grid; grid-template-columns: 290px minmax(0, 1fr); gap: 36px; }
}
svg { display: block; width: 100%; height: auto; }
text { font-size: 12px; }
.map text { font-size: inherit; }
.legend { list-style: none; margin: 6px 0 14px; padding: 0; display: flex; flex-wrap: wrap; gap: 4px 16px; font-size: 0.86rem; }
.legend li { display: flex; align-items: center; gap: 7px; overflow-wrap: anywhere; min-width: 0; }
.legend svg { width: auto; flex: none; }
.narrow { display: none; }
@media (max-width: 640px) { .wide { display: none; } .narrow { display: block; } }
.panels { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 330px), 1fr)); gap: 22px 20px; }
.panel { min-width: 0; max-width: 460px; }
.axis path { stroke: var(--line); fill: none; }
.axis .base { stroke: var(--quiet); }
text { fill: var(--quiet); font-variant-numeric: tabular-nums; }
text.title { font-weight: 600; }
text.row, text.value { fill: var(--ink); font-size: 13px; }
.line { fill: none; stroke: var(--c); stroke-width: 2.2; stroke-linejoin: round; }
.mark { fill: var(--c); stroke: var(--card); stroke-width: 1; }
.band, .shade { fill: var(--c); fill-opacity: 0.2; }
.fill { fill: var(--c); }
.spread { stroke: var(--c); stroke-width: 3; stroke-opacity: 0.6; fill: none; }
.interval { stroke: var(--ink); stroke-width: 1.3; fill: none; }
.objective, .objective path { stroke: var(--quiet); stroke-dasharray: 5 4; fill: none; stroke-width: 1.2; }
.objective text { stroke: none; }
.warm-up { fill: var(--soft); }
.fault { fill: var(--fault); fill-opacity: 0.75; }
.outage { fill: var(--bad); }
.reload { stroke: var(--ink); stroke-width: 1.4; fill: none; }
.slot { stroke: var(--quiet); stroke-opacity: 0.45; stroke-width: 1; stroke-dasharray: 1 3; fill: none; }
.hand-over { stroke: var(--quiet); stroke-width: 1; fill: none; }
.zero { stroke: var(--quiet); }
.jitter { fill: var(--soft); }
.map div > svg { background: var(--sea); border-radius: 8px; border: 1px solid var(--line); font-size: inherit; }
.map .land { fill: var(--land); }
.map .graticule { fill: none; stroke: var(--line); stroke-width: 0.7; }
.map .satellites { stroke: var(--quiet); stroke-opacity: 0.5; stroke-width: 3; stroke-linecap: round; }
.map .fibre { fill: none; stroke: var(--ink); stroke-opacity: 0.6; stroke-width: 1.4; stroke-dasharray: 5 4; }
.map .way { fill: none; stroke: var(--c); stroke-width: 3.4; stroke-linejoin: round; }
.site circle { fill: var(--ink); stroke: var(--card); stroke-width: 2; }
.site circle.router { fill: none; stroke: var(--ink); }
.site text { fill: var(--ink); font-weight: 600; paint-order: stroke; stroke: var(--sea); stroke-width: 5; stroke-linejoin: round; }
.slider { display: flex; flex-wrap: wrap; gap: 4px 14px; align-items: center; margin: 12px 0 6px; font-size: 0.92rem; }
.slider input { flex: 1 1 160px; min-width: 0; height: 28px; accent-color: var(--accent); }
.slider output { font-weight: 600; font-variant-numeric: tabular-nums; min-width: 9.5em; }
.lines { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 300px), 1fr)); font-variant-numeric: tabular-nums; }
.scroll { overflow-x: auto; max-width: 100%; }
table { border-collapse: collapse; font-size: 0.88rem; font-variant-numeric: tabular-nums; min-width: 100%; }
caption { text-align: left; color: var(--quiet); padding: 8px 0; font-size: 0.84rem; }
th, td { padding: 6px 9px; text-align: right; white-space: nowrap; border-bottom: 1px solid var(--line); }
th:first-child { text-align: left; padding-left: 0; }
thead th { color: var(--quiet); font-weight: 600; }
tbody th { font-weight: 600; white-space: normal; min-width: 6.5em; max-width: 15em; overflow-wrap: anywhere; }
thead th:first-child { min-width: 6.5em; }
tr.winner { background: var(--good-soft); }
details { margin-top: 14px; font-size: 0.9rem; }
summary { cursor: pointer; color: var(--accent); width: fit-content; }
dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 5px 20px; font-size: 0.9rem; margin: 0; }
@media (max-width: 640px) { dl { grid-template-columns: minmax(0, 1fr); gap: 0; } dd { margin-bottom: 8px !important; } }
dt { color: var(--quiet); }
dd { margin: 0; overflow-wrap: anywhere; }
.plain li { margin-bottom: 5px; overflow-wrap: anywhere; }
.plain h3 { margin-top: 18px; font-size: 1rem; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 3px; }
footer { color: var(--quiet); font-size: 0.84rem; padding-bottom: 40px; }
@media print { .wide { display: block; } .narrow, .slider { display: none; } .figure { break-inside: avoid; } }
`;
