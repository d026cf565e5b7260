import type { FrameEvents } from '../../router/http2/frame-events.ts';
import { FrameReader } from '../../router/http2/frame-reader.ts';
import { FrameWriter } from '../../router/http2/frame-writer.ts';
import { type Case, sink } from './case.ts';

const FRAMES = 500;
const BODY = Buffer.alloc(107, 0x61);

/** What a socket has read: so many DATA frames of a message each. */
const messages = (): Buffer => {
  const writer = new FrameWriter();
  for (let index = 0; index < FRAMES; index++) writer.data(1 + 2 * index, BODY, 0, BODY.length, false);
  return Buffer.from(writer.written);
};

const ignore = (): void => {};

const EVENTS: FrameEvents = {
  onDataBegin: ignore,
  onData: (_, __, from, to) => {
    sink.value += to - from;
  },
  onDataEnd: ignore,
  onBlock: ignore,
  onPriority: ignore,
  onReset: ignore,
  onSetting: ignore,
  onSettingsEnd: ignore,
  onSettingsAck: ignore,
  onPing: ignore,
  onGoaway: ignore,
  onWindowUpdate: ignore,
  onUnknown: ignore,
  onStreamFault: ignore,
  onConnectionFault: (_, reason) => {
    throw new Error(reason);
  },
};

/** Frames of messages, read in one piece and in small ones, and written. */
export const frameCases = (): readonly Case[] => {
  const reader = new FrameReader(EVENTS, { isPeerClient: false, blockBytes: 65_536, continuations: 8 });
  const writer = new FrameWriter();
  writer.settings([]);
  reader.read(writer.written, 0, writer.length);
  const bytes = messages();
  return [
    { name: `frames: read ${FRAMES} messages at once`, run: () => reader.read(bytes, 0, bytes.length) },
    {
      name: `frames: read ${FRAMES} messages in pieces of 100 bytes`,
      run: () => {
        for (let at = 0; at < bytes.length; at += 100) reader.read(bytes, at, Math.min(bytes.length, at + 100));
      },
    },
    {
      name: `frames: write ${FRAMES} messages`,
      run: () => {
        writer.clear();
        for (let index = 0; index < FRAMES; index++) writer.data(1 + 2 * index, BODY, 0, BODY.length, false);
      },
    },
  ];
};
