import { create, toBinary } from '@bufbuild/protobuf';
import { fileDesc, type GenService, serviceDesc } from '@bufbuild/protobuf/codegenv2';
import { base64Encode } from '@bufbuild/protobuf/wire';
import {
  type BytesValueSchema,
  FileDescriptorProtoSchema,
  FileDescriptorSetSchema,
  file_google_protobuf_wrappers,
} from '@bufbuild/protobuf/wkt';

type Bytes = typeof BytesValueSchema;

/** A method of each kind, and one that no server has. */
export type ByteMethods = {
  readonly one: { methodKind: 'unary'; input: Bytes; output: Bytes };
  readonly collect: { methodKind: 'client_streaming'; input: Bytes; output: Bytes };
  readonly expand: { methodKind: 'server_streaming'; input: Bytes; output: Bytes };
  readonly talk: { methodKind: 'bidi_streaming'; input: Bytes; output: Bytes };
  readonly missing: { methodKind: 'unary'; input: Bytes; output: Bytes };
};

const method = (name: string, clientStreaming: boolean, serverStreaming: boolean) => ({
  name,
  inputType: '.google.protobuf.BytesValue',
  outputType: '.google.protobuf.BytesValue',
  clientStreaming,
  serverStreaming,
});

const METHODS = [
  method('One', false, false),
  method('Collect', true, false),
  method('Expand', false, true),
  method('Talk', true, true),
  method('Missing', false, false),
];

/** Messages are `google.protobuf.BytesValue`: an empty one has no bytes. */
const PROTO = create(FileDescriptorProtoSchema, {
  name: 'test/bytes.proto',
  package: 'starlane.test',
  syntax: 'proto3',
  dependency: ['google/protobuf/wrappers.proto'],
  service: [
    { name: 'Bytes', method: METHODS },
    { name: 'Absent', method: METHODS },
  ],
});

const FILE = fileDesc(base64Encode(toBinary(FileDescriptorProtoSchema, PROTO)), [file_google_protobuf_wrappers]);

/** The service of the byte server: bytes in, bytes out. */
export const ByteService = serviceDesc(FILE, 0) as GenService<ByteMethods>;

/** The same methods, which no server offers. */
export const AbsentService = serviceDesc(FILE, 1) as GenService<ByteMethods>;

/** What `buf curl --schema` reads. */
export const byteServiceImage = (): Uint8Array =>
  toBinary(
    FileDescriptorSetSchema,
    create(FileDescriptorSetSchema, { file: [file_google_protobuf_wrappers.proto, PROTO] }),
  );
