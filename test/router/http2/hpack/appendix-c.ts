/** The examples of RFC 7541 appendix C: for each connection its blocks, the fields of each, and what the dynamic table has then. */
export interface HpackExample {
  readonly section: string;
  /** Of the dynamic table, by SETTINGS_HEADER_TABLE_SIZE. */
  readonly tableBytes: number;
  readonly blocks: readonly {
    readonly hex: string;
    readonly fields: readonly (readonly [name: string, value: string])[];
    readonly tableBytes: number;
  }[];
}

const FIRST = [
  [':method', 'GET'],
  [':scheme', 'http'],
  [':path', '/'],
  [':authority', 'www.example.com'],
] as const;
const SECOND = [...FIRST, ['cache-control', 'no-cache']] as const;
const THIRD = [
  [':method', 'GET'],
  [':scheme', 'https'],
  [':path', '/index.html'],
  [':authority', 'www.example.com'],
  ['custom-key', 'custom-value'],
] as const;

const response = (status: string, second: string) =>
  [
    [':status', status],
    ['cache-control', 'private'],
    ['date', `Mon, 21 Oct 2013 20:13:${second} GMT`],
    ['location', 'https://www.example.com'],
  ] as const;
const LAST = [
  ...response('200', '22'),
  ['content-encoding', 'gzip'],
  ['set-cookie', 'foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1'],
] as const;

export const hpackExamples: readonly HpackExample[] = [
  {
    section: 'C.2.1, a literal with indexing',
    tableBytes: 4096,
    blocks: [
      {
        hex: '400a637573746f6d2d6b65790d637573746f6d2d686561646572',
        fields: [['custom-key', 'custom-header']],
        tableBytes: 55,
      },
    ],
  },
  {
    section: 'C.2.2, a literal without indexing',
    tableBytes: 4096,
    blocks: [{ hex: '040c2f73616d706c652f70617468', fields: [[':path', '/sample/path']], tableBytes: 0 }],
  },
  {
    section: 'C.2.3, a literal that is never indexed',
    tableBytes: 4096,
    blocks: [{ hex: '100870617373776f726406736563726574', fields: [['password', 'secret']], tableBytes: 0 }],
  },
  {
    section: 'C.2.4, an indexed field',
    tableBytes: 4096,
    blocks: [{ hex: '82', fields: [[':method', 'GET']], tableBytes: 0 }],
  },
  {
    section: 'C.3, requests without Huffman’s code',
    tableBytes: 4096,
    blocks: [
      { hex: '828684410f7777772e6578616d706c652e636f6d', fields: FIRST, tableBytes: 57 },
      { hex: '828684be58086e6f2d6361636865', fields: SECOND, tableBytes: 110 },
      { hex: '828785bf400a637573746f6d2d6b65790c637573746f6d2d76616c7565', fields: THIRD, tableBytes: 164 },
    ],
  },
  {
    section: 'C.4, requests in Huffman’s code',
    tableBytes: 4096,
    blocks: [
      { hex: '828684418cf1e3c2e5f23a6ba0ab90f4ff', fields: FIRST, tableBytes: 57 },
      { hex: '828684be5886a8eb10649cbf', fields: SECOND, tableBytes: 110 },
      { hex: '828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf', fields: THIRD, tableBytes: 164 },
    ],
  },
  {
    section: 'C.5, responses without Huffman’s code, with evictions',
    tableBytes: 256,
    blocks: [
      {
        hex: '4803333032580770726976617465611d4d6f6e2c203231204f637420323031332032303a31333a323120474d546e1768747470733a2f2f7777772e6578616d706c652e636f6d',
        fields: response('302', '21'),
        tableBytes: 222,
      },
      { hex: '4803333037c1c0bf', fields: response('307', '21'), tableBytes: 222 },
      {
        hex: '88c1611d4d6f6e2c203231204f637420323031332032303a31333a323220474d54c05a04677a69707738666f6f3d4153444a4b48514b425a584f5157454f50495541585157454f49553b206d61782d6167653d333630303b2076657273696f6e3d31',
        fields: LAST,
        tableBytes: 215,
      },
    ],
  },
  {
    section: 'C.6, responses in Huffman’s code, with evictions',
    tableBytes: 256,
    blocks: [
      {
        hex: '488264025885aec3771a4b6196d07abe941054d444a8200595040b8166e082a62d1bff6e919d29ad171863c78f0b97c8e9ae82ae43d3',
        fields: response('302', '21'),
        tableBytes: 222,
      },
      { hex: '4883640effc1c0bf', fields: response('307', '21'), tableBytes: 222 },
      {
        hex: '88c16196d07abe941054d444a8200595040b8166e084a62d1bffc05a839bd9ab77ad94e7821dd7f2e6c7b335dfdfcd5b3960d5af27087f3672c1ab270fb5291f9587316065c003ed4ee5b1063d5007',
        fields: LAST,
        tableBytes: 215,
      },
    ],
  },
];
