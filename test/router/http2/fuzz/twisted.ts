import type { FuzzStep } from './fuzz-step.ts';

/** The frames of a step as bytes, twisted where the step says so. */
export const twisted = (frames: readonly Buffer[], { twist, twistAt }: FuzzStep): Buffer => {
  if (twist === null || frames.length === 0) return Buffer.concat(frames);
  const [first, ...others] = frames as readonly [Buffer, ...Buffer[]];
  const own = Buffer.from(first);
  switch (twist) {
    case 'bit':
      own[(twistAt >> 3) % own.length]! ^= 1 << (twistAt & 7);
      break;
    case 'byte':
      own[(twistAt >> 8) % own.length] = twistAt & 0xff;
      break;
    case 'flags':
      own[4]! ^= twistAt & 0x2d;
      break;
    case 'type':
      own[3] = twistAt % 11;
      break;
    case 'stream':
      own.writeUInt32BE(twistAt % 12 === 11 ? 0x80000001 : twistAt % 12, 5);
      break;
    case 'length':
      own.writeUIntBE(twistAt, 0, 3);
      break;
    case 'cut':
      return Buffer.concat([resized(own, own.length - 1 - (twistAt % Math.max(1, own.length - 9))), ...others]);
    case 'grow':
      return Buffer.concat([resized(own, own.length + 1 + (twistAt % 40)), ...others]);
    case 'twice':
      return Buffer.concat([own, own, ...others]);
    case 'swap':
      return Buffer.concat([...others, own]);
    case 'noise':
      for (let at = 0, state = twistAt | 1; at < own.length; at++) {
        state = Math.imul(state, 0x41c64e6d) + 0x3039;
        own[at] = state >>> 16;
      }
      break;
  }
  return Buffer.concat([own, ...others]);
};

/** A frame with that many bytes in all, and the length that says so. */
const resized = (frame: Buffer, bytes: number): Buffer => {
  const length = Math.max(9, bytes);
  const other = Buffer.alloc(length);
  frame.copy(other);
  other.writeUIntBE(length - 9, 0, 3);
  return other;
};
