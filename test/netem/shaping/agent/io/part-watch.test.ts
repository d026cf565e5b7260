import { describe, expect, test } from 'vitest';
import type { Attachment } from '../../../../../netem/shaping/agent/io/attachment.ts';
import { PartWatch } from '../../../../../netem/shaping/agent/io/part-watch.ts';

const FIBRE: Attachment = { device: 'eth0', address: '198.18.16.2' };
const LASER: Attachment = { device: 'eth1', address: '198.18.17.2' };

/** What a look finds while the part is where it was. */
const HOME = { left: null, back: [] };

/** A part whose namespace and birth the test changes. */
const watched = () => {
  const now = {
    attached: new Map([
      ['fibre', FIBRE],
      ['laser', LASER],
    ]),
    birth: 1000 as number | null,
  };
  const watch = new PartWatch({
    part: 'ashburn',
    attachments: new Map(now.attached),
    attachmentTo: (network) => now.attached.get(network) ?? null,
    birth: () => now.birth,
  });
  return { now, watch };
};

describe('the watch over a part', () => {
  test('is quiet while the part stays where it is', () => {
    const { watch } = watched();
    expect([watch.look(), watch.look()]).toEqual([HOME, HOME]);
  });

  test('does not take a late mark of the first birth for a second one', () => {
    const { now, watch } = watched();
    now.birth = 1200;
    expect(watch.look()).toEqual(HOME);
    now.attached.clear();
    expect(watch.look().left).toBe('fibre');
  });

  test('waits while the part is down, and ends when it came up elsewhere', () => {
    const { now, watch } = watched();
    now.attached.clear();
    expect([watch.look().left, watch.look().left]).toEqual(['fibre', 'fibre']);
    now.birth = 2000;
    expect(() => watch.look()).toThrow('ashburn came up again');
  });

  test('ends at once when the part was down and up between two looks', () => {
    const { now, watch } = watched();
    watch.look();
    now.attached.clear();
    now.birth = 2000;
    expect(() => watch.look()).toThrow('ashburn came up again');
  });

  test('tells once of a network that the part is back on, at another address or at the same, and ends for neither', () => {
    const { now, watch } = watched();
    now.attached.set('fibre', { ...FIBRE, address: '198.18.16.200' });
    expect(watch.look()).toEqual({ left: null, back: ['fibre'] });
    expect(watch.look()).toEqual(HOME);
    now.attached.delete('fibre');
    expect(watch.look()).toEqual({ left: 'fibre', back: [] });
    now.attached.set('fibre', { ...FIBRE, address: '198.18.16.200' });
    expect(watch.look()).toEqual({ left: null, back: ['fibre'] });
    expect(watch.look()).toEqual(HOME);
  });

  test('tells of every network that comes back, one after the other', () => {
    const { now, watch } = watched();
    now.attached.clear();
    expect(watch.look().left).toBe('fibre');
    now.attached.set('laser', LASER);
    expect(watch.look()).toEqual({ left: 'fibre', back: ['laser'] });
    now.attached.set('fibre', FIBRE);
    expect(watch.look()).toEqual({ left: null, back: ['fibre'] });
  });
});
