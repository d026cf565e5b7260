import type { DescMessage, MessageShape } from '@bufbuild/protobuf';
import { fromBinary, toBinary } from '@bufbuild/protobuf';
import type { GenService, GenServiceMethods } from '@bufbuild/protobuf/codegenv2';
import type { MethodDefinition } from '@grpc/grpc-js';

/** The methods of a generated service as @grpc/grpc-js wants them, for a server and for a client. */
export type ServiceDefinitionOf<M extends GenServiceMethods> = {
  readonly [K in keyof M]: MethodDefinition<MessageShape<M[K]['input']>, MessageShape<M[K]['output']>>;
};

/** Joins code that protoc-gen-es wrote to @grpc/grpc-js, which knows no code generator but its own. */
export const serviceDefinition = <M extends GenServiceMethods>(service: GenService<M>): ServiceDefinitionOf<M> =>
  Object.fromEntries(
    service.methods.map((method) => [
      method.localName,
      {
        path: `/${service.typeName}/${method.name}`,
        originalName: method.localName,
        requestStream: method.methodKind === 'client_streaming' || method.methodKind === 'bidi_streaming',
        responseStream: method.methodKind === 'server_streaming' || method.methodKind === 'bidi_streaming',
        requestSerialize: serializer(method.input),
        requestDeserialize: deserializer(method.input),
        responseSerialize: serializer(method.output),
        responseDeserialize: deserializer(method.output),
      } satisfies MethodDefinition<MessageShape<DescMessage>, MessageShape<DescMessage>>,
    ]),
  ) as unknown as ServiceDefinitionOf<M>; // a mapped type cannot be followed through entries

const serializer =
  <D extends DescMessage>(schema: D) =>
  (message: MessageShape<D>): Buffer => {
    const bytes = toBinary(schema, message);
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  };

const deserializer =
  <D extends DescMessage>(schema: D) =>
  (bytes: Buffer): MessageShape<D> =>
    fromBinary(schema, bytes);
