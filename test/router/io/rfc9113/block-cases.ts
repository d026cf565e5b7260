import { frame } from '../../http2/raw-frames.ts';
import { type ClientCase, GRPC } from './client-bench.ts';
import { block } from './odd-frames.ts';

const BROKEN = 'GOAWAY COMPRESSION_ERROR';

/** A request whose block goes on with those bytes. */
const withBytes = (hex: string, stream = 1): readonly Buffer[] => [
  frame(1, 5, stream, Buffer.concat([block(GRPC), Buffer.from(hex.replaceAll(' ', ''), 'hex')])),
];
/** A request whose block begins with those bytes instead of the usual update. */
const after = (hex: string): readonly Buffer[] => [
  frame(1, 5, 1, Buffer.concat([Buffer.from(hex.replaceAll(' ', ''), 'hex'), block(GRPC).subarray(1)])),
];
const broken = (name: string, frames: readonly Buffer[]): ClientCase => ({ name, frames, answer: BROKEN });

/** RFC 7541: blocks that can be decoded, and blocks that cannot. Each client has acknowledged that there is no table. */
export const blockCases: readonly ClientCase[] = [
  broken('RFC 7541 2.3.3: refers to an entry beyond the static table', withBytes('be')),
  broken('RFC 7541 2.3.3: takes a name from beyond the static table', withBytes('7f 00 01 61')),
  // Not to the letter of RFC 9113 4.3.1: such a peer may never use its table, as nginx 1.22.
  { name: 'RFC 7541 4.2: says nothing of the size of its table', frames: after(''), answer: 'grpc-status 0' },
  broken('RFC 7541 4.2: says nothing of the size of its table, and names an entry of it', [
    frame(1, 5, 1, Buffer.concat([block(GRPC).subarray(1), Buffer.from('4001610162be', 'hex')])),
  ]),
  broken('RFC 7541 4.2: asks for a table again', after('3f e1 1f')),
  broken('RFC 7541 4.2: asks for a table of one byte', after('21')),
  broken('RFC 7541 4.2: changes the size of its table behind a field', withBytes('20')),
  { name: 'RFC 7541 4.2: says twice that it has no table', frames: after('20 20'), answer: 'grpc-status 0' },
  broken(
    'RFC 7541 4.2: refers to an entry that it has just sent, although there is no table',
    withBytes('40 01 61 01 62 be'),
  ),
  {
    name: 'RFC 7541 4.4: sends fields with indexing, which leaves the table empty',
    frames: withBytes('40 01 61 01 62 40 01 61 01 62'),
    answer: 'grpc-status 0',
  },
  broken('RFC 7541 5.1: sends an integer that does not end', withBytes('0f ff')),
  broken('RFC 7541 5.1: sends an integer above 2^32', withBytes('0f ff ff ff ff ff 01 01 61')),
  broken(
    'RFC 7541 5.1: sends an integer with zeros without an end',
    withBytes('0f 80 80 80 80 80 80 80 80 80 00 01 61'),
  ),
  broken('RFC 7541 5.2: sends a string that is longer than its block', withBytes('00 01 61 7f ff 00 62')),
  broken('RFC 7541 5.2: sends a name without a value', withBytes('00 01 61')),
  broken('RFC 7541 5.2: pads a string of Huffman’s code with more than 7 bits', withBytes('00 01 61 82 1f ff')),
  broken('RFC 7541 5.2: pads a string of Huffman’s code with zeros', withBytes('00 01 61 81 18')),
  broken('RFC 7541 5.2: has the end of a string inside one', withBytes('00 01 61 84 ff ff ff ff')),
  {
    name: 'RFC 7541 5.2: sends an empty string in Huffman’s code',
    frames: withBytes('00 03 78 2d 61 80'),
    answer: 'grpc-status 0',
  },
  broken('RFC 7541 6.1: sends the index 0', withBytes('80')),
  {
    name: 'RFC 7541 6.2.3: sends a field that must never be indexed',
    frames: withBytes('10 03 78 2d 61 01 62'),
    answer: 'grpc-status 0',
  },
  {
    name: '4.3: sends an empty block',
    frames: [frame(1, 5, 1)],
    answer: 'RST_STREAM PROTOCOL_ERROR',
  },
  {
    name: '4.3: breaks a block in a stream that is closed',
    before: [frame(1, 5, 1, block(GRPC))],
    frames: [frame(1, 5, 1, '80')],
    answer: `grpc-status 0, ${BROKEN}`,
  },
];
