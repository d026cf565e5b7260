import { dirname, join } from 'node:path/posix';

/** The layers, left to right: a folder imports only itself and folders to its left. */
const LAYERS = [
  'proto',
  'core',
  'netem',
  'workload',
  'router',
  'services',
  'scenario',
  'report',
  'hosts',
  'benchmarks',
] as const;

/** The floors inside `netem/`, by the same rule. */
const FLOORS = ['sky', 'links', 'shaping'] as const;

const isTest = (file: string): boolean => file.startsWith('test/');

/** A root may import anything, and nothing but a test imports it. */
const isRoot = (file: string): boolean =>
  /^(?:parts|cli|lint|test)\//.test(file) || /^benchmarks\/.*main\.ts$/.test(file);

/**
 * What is wrong with the structure of the project, a line each: imports against the layers, circles of imports (of types
 * too), and exported names that are declared in two files. `files` maps a path from the project's root to its text.
 */
export const structureFaults = (files: ReadonlyMap<string, string>): readonly string[] => {
  const imports = new Map([...files].map(([file, text]) => [file, importsOf(file, text)]));
  return [...layerFaults(imports), ...circles(imports), ...namesDeclaredTwice(files)];
};

type Imports = ReadonlyMap<string, readonly string[]>;

const importsOf = (file: string, text: string): readonly string[] =>
  [...text.matchAll(/(?:from |import\()'(\.[^']+)'/g)].map(([, specifier]) => join(dirname(file), specifier!));

const layerFaults = (imports: Imports): readonly string[] =>
  [...imports].flatMap(([file, targets]) =>
    targets.flatMap((target) => {
      if (isRoot(target))
        return folderOf(target) === folderOf(file) || isTest(file)
          ? []
          : [`${file} imports ${target}, which is a root`];
      if (isRoot(file)) return [];
      return isToTheRight(LAYERS, folderOf(file), folderOf(target)) || isHigherFloor(file, target)
        ? [`${file} imports ${target}, which is a layer to its right`]
        : [];
    }),
  );

const isHigherFloor = (file: string, target: string): boolean =>
  folderOf(file) === 'netem' &&
  folderOf(target) === 'netem' &&
  isToTheRight(FLOORS, file.split('/')[1]!, target.split('/')[1]!);

const isToTheRight = (order: readonly string[], from: string, to: string): boolean =>
  order.indexOf(to) > order.indexOf(from) && order.includes(from);

const folderOf = (file: string): string => file.split('/', 1)[0]!;

/** Each circle once, from the file in it that comes first. */
const circles = (imports: Imports): readonly string[] => {
  const isDone = new Set<string>();
  const trail: string[] = [];
  const found = new Set<string>();
  const visit = (file: string): void => {
    const at = trail.indexOf(file);
    if (at >= 0) found.add(rotated(trail.slice(at)).join(' -> '));
    if (at >= 0 || isDone.has(file)) return;
    trail.push(file);
    for (const target of imports.get(file) ?? []) visit(target);
    trail.pop();
    isDone.add(file);
  };
  for (const file of imports.keys()) visit(file);
  return [...found].map((circle) => `a circle of imports: ${circle}`);
};

const rotated = (circle: readonly string[]): readonly string[] => {
  const first = circle.indexOf([...circle].sort()[0]!);
  return [...circle.slice(first), ...circle.slice(0, first)];
};

const DECLARATION =
  /^export (?:declare |abstract |async )*(?:const|let|class|interface|type|function\*?) +([A-Za-z_$][\w$]*)/gm;

const namesDeclaredTwice = (files: ReadonlyMap<string, string>): readonly string[] => {
  const filesOf = new Map<string, Set<string>>();
  for (const [file, text] of files) {
    if (isTest(file)) continue;
    for (const [, name] of text.matchAll(DECLARATION)) {
      filesOf.set(name!, (filesOf.get(name!) ?? new Set()).add(file));
    }
  }
  return [...filesOf]
    .filter(([, declaredIn]) => declaredIn.size > 1)
    .map(([name, declaredIn]) => `${name} is declared in ${[...declaredIn].join(' and ')}: one name, one thing`);
};
