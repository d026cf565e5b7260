import { blockAt, type Ipv4Block } from '../../core/net/ipv4-block.ts';

/**
 * The routes of `/proc/net/route`, without the default route. Addresses are hexadecimal in the byte order of the machine.
 * That is little-endian on all Linux systems with Node except s390x. Source: proc(5).
 */
export const routesOf = (table: string): readonly { readonly device: string; readonly block: Ipv4Block }[] =>
  table
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const [device, destination, , , , , , mask] = line.trim().split(/\s+/);
      if (device === undefined || destination === undefined || mask === undefined) return [];
      const prefix = bitsOf(Number.parseInt(mask, 16));
      return prefix === 0 ? [] : [{ device, block: blockAt(swapped(Number.parseInt(destination, 16)), prefix) }];
    });

const swapped = (value: number): number =>
  (((value & 0xff) << 24) | ((value & 0xff00) << 8) | ((value >>> 8) & 0xff00) | (value >>> 24)) >>> 0;

const bitsOf = (mask: number): number => mask.toString(2).replaceAll('0', '').length;
