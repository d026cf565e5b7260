import type { DataPathName } from '../data-path-name.ts';
import type { DataPathOptions, SucceedingDataPath } from './data-path.ts';

type CreateDataPath = (options: DataPathOptions) => SucceedingDataPath;

/** Loads a data path, by its name. A router has one of them, and loads no other: node:http2 alone takes some MiB. */
export const dataPaths: Readonly<Record<DataPathName, () => Promise<CreateDataPath>>> = {
  frames: async () => {
    const { FrameProxy } = await import('./frame-proxy/frame-proxy.ts');
    return (options) => new FrameProxy(options);
  },
  'node-http2': async () => {
    const { Http2Proxy } = await import('./http2-proxy.ts');
    return (options) => new Http2Proxy(options);
  },
};
