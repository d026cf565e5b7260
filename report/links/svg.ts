/** One SVG element. Undefined attributes are left out. Children must be SVG, not plain text. */
export const element = (
  name: string,
  attributes: Readonly<Record<string, string | number | undefined>>,
  children: readonly string[] = [],
): string => {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${typeof value === 'number' ? rounded(value) : escaped(value!)}"`)
    .join('');
  return children.length === 0 ? `<${name}${written}/>` : `<${name}${written}>${children.join('')}</${name}>`;
};

/** A text at a position; `more` holds other attributes. */
export const textAt = (
  x: number,
  y: number,
  text: string,
  more: Readonly<Record<string, string | number>> = {},
): string => element('text', { x, y, ...more }, [escaped(text)]);

/** A whole picture on a white background; `title` is for screen readers. */
export const svgDocument = (width: number, height: number, title: string, children: readonly string[]): string =>
  `${element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      viewBox: `0 0 ${width} ${height}`,
      width,
      height,
      role: 'img',
      'font-family': "Inter, system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif",
    },
    [element('title', {}, [escaped(title)]), element('rect', { width, height, fill: '#ffffff' }), ...children],
  )}\n`;

/** Rounds to a tenth of a pixel: enough for lines, and files stay small. */
export const rounded = (value: number): string => String(Math.round(value * 10) / 10);

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
