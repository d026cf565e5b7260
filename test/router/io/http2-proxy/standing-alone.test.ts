import { describe } from 'vitest';
import { Http2Proxy } from '../../../../router/io/http2-proxy.ts';
import { standingAloneClaims } from '../../../contract/data-path/standing-alone.ts';

describe('Http2Proxy keeps the contract of a router by itself:', () => {
  standingAloneClaims((options) => new Http2Proxy(options));
});
