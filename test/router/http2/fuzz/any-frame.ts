import type { FrameEvents } from '../../../../router/http2/frame-events.ts';

const nothing = (): void => {};

/** Hears of every frame, and minds none. */
export const ANY_FRAME: FrameEvents = {
  onDataBegin: nothing,
  onData: nothing,
  onDataEnd: nothing,
  onBlock: nothing,
  onPriority: nothing,
  onReset: nothing,
  onSetting: nothing,
  onSettingsEnd: nothing,
  onSettingsAck: nothing,
  onPing: nothing,
  onGoaway: nothing,
  onWindowUpdate: nothing,
  onUnknown: nothing,
  onStreamFault: nothing,
  onConnectionFault: nothing,
};
