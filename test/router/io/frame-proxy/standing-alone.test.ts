import { describe } from 'vitest';
import { FrameProxy } from '../../../../router/io/frame-proxy/frame-proxy.ts';
import { standingAloneClaims } from '../../../contract/data-path/standing-alone.ts';

describe('FrameProxy keeps the contract of a router by itself:', () => {
  standingAloneClaims((options) => new FrameProxy(options));
});
