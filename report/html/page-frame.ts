import { html, Markup } from './markup.ts';
import { STYLE } from './style.ts';

/** A whole page that needs nothing from a network: no script runs but those whose hashes are given, as `'sha256-...'`. */
export const pageFrame = ({
  title,
  header,
  main,
  scripts = null,
  scriptSource = "'none'",
}: {
  readonly title: string;
  readonly header: Markup;
  readonly main: Markup;
  readonly scripts?: Markup | null;
  readonly scriptSource?: string;
}): string =>
  html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src ${new Markup(scriptSource)}; base-uri 'none'; form-action 'none'">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>${new Markup(STYLE)}</style>
</head>
<body>
<header>${header}</header>
<main>
${main}
</main>
<footer><p>Written by starlane report. This file is complete: it loads nothing.</p></footer>
${scripts}
</body>
</html>
`.text;
