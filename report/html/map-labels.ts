/** A name beside its point. */
export interface MapLabel {
  readonly x: number;
  readonly y: number;
  readonly anchor: 'start' | 'end' | 'middle';
}

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/**
 * Where to write the names of points: right, left, above or below, at the first place that is inside the picture and free of points and of
 * earlier names. Null where there is none: better no name than two that cannot be read.
 */
export const mapLabels = (
  points: readonly { readonly name: string; readonly at: readonly [number, number] }[],
  { width, height, fontPx }: { readonly width: number; readonly height: number; readonly fontPx: number },
): readonly (MapLabel | null)[] => {
  const taken: Box[] = points.map(({ at: [x, y] }) => boxAround(x, y, fontPx * 0.5));
  return points.map(({ name, at: [x, y] }, index) => {
    const length = name.length * fontPx * 0.62;
    const gap = fontPx * 0.85;
    const places: readonly MapLabel[] = [
      { x: x + gap, y: y + fontPx * 0.35, anchor: 'start' },
      { x: x - gap, y: y + fontPx * 0.35, anchor: 'end' },
      { x, y: y - gap, anchor: 'middle' },
      { x, y: y + gap + fontPx * 0.75, anchor: 'middle' },
      { x: x + gap * 0.7, y: y - gap * 0.7, anchor: 'start' },
      { x: x + gap * 0.7, y: y + gap * 1.5, anchor: 'start' },
    ];
    const found = places.find((place) => {
      const box = boxOf(place, length, fontPx);
      const isInside = box.left >= 2 && box.right <= width - 2 && box.top >= 2 && box.bottom <= height - 2;
      return isInside && !taken.some((other, owner) => owner !== index && doOverlap(box, other));
    });
    if (found === undefined) return null;
    taken.push(boxOf(found, length, fontPx));
    return found;
  });
};

const boxAround = (x: number, y: number, half: number): Box => ({
  left: x - half,
  right: x + half,
  top: y - half,
  bottom: y + half,
});

const boxOf = ({ x, y, anchor }: MapLabel, length: number, fontPx: number): Box => {
  const left = anchor === 'start' ? x : anchor === 'end' ? x - length : x - length / 2;
  return { left, right: left + length, top: y - fontPx * 0.8, bottom: y + fontPx * 0.25 };
};

const doOverlap = (a: Box, b: Box): boolean =>
  a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
