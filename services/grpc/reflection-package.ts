import { type DescFile, toBinary } from '@bufbuild/protobuf';
import type { GenService, GenServiceMethods } from '@bufbuild/protobuf/codegenv2';
import { FileDescriptorProtoSchema } from '@bufbuild/protobuf/wkt';
import type { ReflectionService } from '@grpc/reflection';

type Package = ConstructorParameters<typeof ReflectionService>[0];

/** Generated services as @grpc/reflection wants them: it reads nothing of a package but the descriptors of its files. */
export const reflectionPackage = (services: readonly GenService<GenServiceMethods>[]): Package => {
  const files = new Set<DescFile>();
  for (const { file } of services) addWithImports(file, files);
  const fileDescriptorProtos = [...files].map((file) => Buffer.from(toBinary(FileDescriptorProtoSchema, file.proto)));
  // Its type asks for a whole message type, as @grpc/proto-loader would make one.
  return { files: { fileDescriptorProtos } } as unknown as Package;
};

const addWithImports = (file: DescFile, files: Set<DescFile>): void => {
  if (files.has(file)) return;
  files.add(file);
  for (const dependency of file.dependencies) addWithImports(dependency, files);
};
