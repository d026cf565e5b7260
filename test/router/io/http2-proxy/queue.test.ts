import { Http2Proxy } from '../../../../router/io/http2-proxy.ts';
import { dataPathContract } from '../../../contract/data-path-contract.ts';

dataPathContract('Http2Proxy', 'queue', (options) => new Http2Proxy(options));
