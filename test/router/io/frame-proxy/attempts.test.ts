import { FrameProxy } from '../../../../router/io/frame-proxy/frame-proxy.ts';
import { dataPathContract } from '../../../contract/data-path-contract.ts';

dataPathContract('FrameProxy', 'attempts', (options) => new FrameProxy(options));
