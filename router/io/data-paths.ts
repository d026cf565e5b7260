import type { DataPathName } from '../data-path-name.ts';
import type { DataPathOptions, SucceedingDataPath } from './data-path.ts';
import { FrameProxy } from './frame-proxy/frame-proxy.ts';
import { Http2Proxy } from './http2-proxy.ts';

/** Every data path, by its name. */
export const dataPaths: Readonly<Record<DataPathName, (options: DataPathOptions) => SucceedingDataPath>> = {
  frames: (options) => new FrameProxy(options),
  'node-http2': (options) => new Http2Proxy(options),
};
