/** The fields that both ends of every connection know, by index from 1: `name`, or `name value`. Source: RFC 7541 appendix A. */
const FIELDS: readonly string[] = [
  ':authority',
  ':method GET',
  ':method POST',
  ':path /',
  ':path /index.html',
  ':scheme http',
  ':scheme https',
  ':status 200',
  ':status 204',
  ':status 206',
  ':status 304',
  ':status 400',
  ':status 404',
  ':status 500',
  'accept-charset',
  'accept-encoding gzip, deflate',
  'accept-language',
  'accept-ranges',
  'accept',
  'access-control-allow-origin',
  'age',
  'allow',
  'authorization',
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'content-length',
  'content-location',
  'content-range',
  'content-type',
  'cookie',
  'date',
  'etag',
  'expect',
  'expires',
  'from',
  'host',
  'if-match',
  'if-modified-since',
  'if-none-match',
  'if-range',
  'if-unmodified-since',
  'last-modified',
  'link',
  'location',
  'max-forwards',
  'proxy-authenticate',
  'proxy-authorization',
  'range',
  'referer',
  'refresh',
  'retry-after',
  'server',
  'set-cookie',
  'strict-transport-security',
  'transfer-encoding',
  'user-agent',
  'vary',
  'via',
  'www-authenticate',
];

/** How many entries the table has: dynamic ones follow. */
export const STATIC_ENTRIES = FIELDS.length;

const split = FIELDS.map((field) => {
  const space = field.indexOf(' ');
  return space < 0 ? ([field, ''] as const) : ([field.slice(0, space), field.slice(space + 1)] as const);
});

/** By index; 0 is no entry. */
export const staticNames: readonly string[] = ['', ...split.map(([name]) => name)];
export const staticValues: readonly string[] = ['', ...split.map(([, value]) => value)];

interface StaticName {
  /** The first entry of the name. */
  readonly index: number;
  readonly byValue: ReadonlyMap<string, number>;
}

/** Where a name is in the table, and with which values. */
export const staticByName: ReadonlyMap<string, StaticName> = new Map(
  [...Map.groupBy(split.entries(), ([, [name]]) => name)].map(([name, entries]) => [
    name,
    {
      index: entries[0]![0] + 1,
      byValue: new Map(entries.map(([index, [, value]]) => [value, index + 1])),
    },
  ]),
);
