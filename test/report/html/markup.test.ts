import fc from 'fast-check';
import { expect, test } from 'vitest';
import { html, jsonElement, Markup } from '../../../report/html/markup.ts';

const reads = (text: string): string =>
  text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');

test('no text can leave its place: neither an element nor an attribute', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('<', '>', '"', "'", '&', ';', '/', 'a', 'amp') }), (name) => {
      const { text } = html`<p title="${name}">${name}</p>`;
      const parts = /^<p title="([^"<>]*)">([^<>]*)<\/p>$/.exec(text);
      expect(parts?.slice(1).map(reads)).toEqual([name, name]);
    }),
  );
});

test('markup, lists and nothing go in as they are', () => {
  expect(html`<ul>${['a<', 1].map((item) => html`<li>${item}</li>`)}${null}</ul>`.text).toBe(
    '<ul><li>a&lt;</li><li>1</li></ul>',
  );
  expect(html`${new Markup('<b>')}`.text).toBe('<b>');
});

test('data for a script cannot end its element, and reads as it was', () => {
  const data = { name: '</script><img src=x onerror=alert(1)>', comment: '<!--' };
  const { text } = jsonElement('id', data);
  const inside = text.slice(text.indexOf('>') + 1, text.lastIndexOf('</script>'));
  expect(inside).not.toContain('<');
  expect(JSON.parse(inside)).toEqual(data);
});
