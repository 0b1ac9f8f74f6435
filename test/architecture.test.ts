import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { buildSchema, isEnumType, isInputObjectType, isInterfaceType, isObjectType } from 'graphql';

const SRC = fileURLToPath(new URL('../src', import.meta.url));

/** Every import of every source file: `graphql/loaders.ts` to `dataloader`, or to `inspector/inspector-api.ts`. */
const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
const imports = files.flatMap((file) => {
  const text = readFileSync(join(SRC, file), 'utf8');
  const specifiers = [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map((match) => match[1] as string);
  return specifiers.map((specifier) => ({
    file,
    to: specifier.startsWith('.') ? normalize(join(dirname(file), specifier)).replace(/\.js$/, '.ts') : specifier,
  }));
});

const folderOf = (file: string) => (file.includes('/') ? (file.split('/')[0] as string) : file);

describe('The sources', () => {
  test('were seen', () => {
    expect(new Set(imports.map(({ file }) => file)).size).toBeGreaterThan(20);
    expect(imports.length).toBeGreaterThan(80);
    for (const folder of ['auth', 'process', 'inspector', 'graphql', 'http', 'archive']) {
      expect(imports.filter(({ file }) => folderOf(file) === folder).length).toBeGreaterThan(3);
    }
  });

  const INSPECTOR_TOP = /^inspector\/[^/]+$/;
  const ARCHIVE_TOP = /^archive\/[^/]+$/;
  const GRAPHQL_TOP = /^graphql\/[^/]+$/;
  /** A folder, and what its files may import besides each other. */
  const allowed: [folder: string, targets: RegExp[]][] = [
    ['domain/', []],
    ['auth/', [/^domain\//, /^watched-file\.ts$/]],
    ['process/', [/^(metrics|tracing|watched-file)\.ts$/]],
    ['inspector/', [/^domain\//, /^(metrics|shared-abort|signal|tracing)\.ts$/]],
    ['inspector/sdk/', [INSPECTOR_TOP, /^inspector\/resilience\//, /^domain\//, /^(metrics|signal|tracing)\.ts$/]],
    ['inspector/resilience/', [INSPECTOR_TOP, /^signal\.ts$/]],
    ['inspector/cache/', [INSPECTOR_TOP, /^domain\//, /^(metrics|shared-abort|signal|tracing)\.ts$/]],
    ['graphql/', [INSPECTOR_TOP, /^domain\//, /^(metrics|package-files|shared-abort|signal|tracing)\.ts$/]],
    ['graphql/fields/', [GRAPHQL_TOP, INSPECTOR_TOP, /^domain\//]],
    ['graphql/execution/', [GRAPHQL_TOP, /^graphql\/fields\//, INSPECTOR_TOP, /^(metrics|tracing)\.ts$/]],
    ['graphql/plugins/', [GRAPHQL_TOP, /^graphql\/execution\//, INSPECTOR_TOP]],
    [
      'http/',
      [
        /^auth\//,
        /^graphql\//,
        /^(metrics|package-files|shared-abort|tracing)\.ts$/,
        /^process\/(early-refusal|log)\.ts$/,
      ],
    ],
    ['redis/', [/^inspector\//, /^(budget|metrics|tracing)\.ts$/]],
    ['archive/', [/^domain\//, /^(package-files|tracing)\.ts$/]],
    ['archive/wire/', [ARCHIVE_TOP, /^archive\/store\//, /^domain\//, /^(package-files|tracing)\.ts$/]],
    ['archive/wire/operations/', [/^archive\/wire\/(shared\/|(api-error|report-files)\.ts$)/, ARCHIVE_TOP]],
    [
      'archive/wire/archive-operations/',
      [/^archive\/(store\/|wire\/(shared\/|api-error\.ts$))/, ARCHIVE_TOP, /^domain\//, /^package-files\.ts$/],
    ],
    ['archive/wire/shared/', [/^archive\/wire\/api-error\.ts$/, ARCHIVE_TOP, /^archive\/store\//, /^domain\//]],
    ['archive/store/', [ARCHIVE_TOP, /^domain\//, /^tracing\.ts$/]],
    ['archive/import/', [ARCHIVE_TOP, /^archive\/store\//, /^domain\//]],
    ['archive/import/sources/', []],
    ['archive/import/diagnosis/', [/^archive\/import\/sources\/(decode|file-types)\.ts$/]],
    ['archive/import/content/', [/^archive\/import\/(sources|diagnosis)\//, ARCHIVE_TOP]],
    ['archive/import/detect/', [/^archive\/import\/(content\/json|diagnosis)\//, ARCHIVE_TOP, /^domain\//]],
    ['fake/', [/^archive\//, /^domain\//]],
  ];
  test.each(allowed)('in %s import only each other and %s', (folder, targets) => {
    const local = imports.filter(({ file, to }) => file.startsWith(folder) && to.endsWith('.ts'));
    expect(files.some((file) => file.startsWith(folder))).toBe(true);
    expect(local.filter(({ to }) => !to.startsWith(folder) && !targets.some((target) => target.test(to)))).toEqual([]);
  });

  test('in graphql/ import only types and the failure from inspector/', () => {
    const taken = imports.filter(({ file, to }) => folderOf(file) === 'graphql' && folderOf(to) === 'inspector');
    expect([...new Set(taken.map(({ to }) => to))].sort()).toEqual([
      'inspector/archive-api.ts',
      'inspector/inspector-api.ts',
      'inspector/inspector-arn.ts',
      'inspector/inspector-failure.ts',
    ]);
  });

  test.each([
    [/^@aws-sdk\//, 'inspector/sdk'],
    [/^@smithy\//, 'inspector'],
    [/^dataloader$/, 'graphql'],
    [/^redis$/, 'redis'],
    [/^jose$/, 'auth'],
    [/^fastify$|^@fastify\//, 'http'],
  ])('import %s in %s/ only', (library, folder) => {
    const importers = imports.filter(({ to }) => library.test(to)).map(({ file }) => file);
    expect(importers.length).toBeGreaterThan(0);
    expect(importers.filter((file) => !file.startsWith(`${folder}/`))).toEqual([]);
  });

  test('import OpenTelemetry in a file that is loaded only where there is a collector', () => {
    const importers = imports.filter(({ to }) => to.startsWith('@opentelemetry/')).map(({ file }) => file);
    expect(new Set(importers)).toEqual(new Set(['open-telemetry.ts']));
  });

  test('at the root are wired from above: main, then the command line, then gateway', () => {
    expect(imports.filter(({ to }) => to === 'main.ts')).toEqual([]);
    expect(new Set(imports.filter(({ to }) => to === 'gateway.ts').map(({ file }) => file))).toEqual(
      new Set(['command-line.ts']),
    );
  });

  test('have no circular imports', () => {
    const seen = new Set<string>();
    const visit = (file: string, path: string[]): void => {
      expect(path).not.toContain(file);
      if (seen.has(file)) return;
      seen.add(file);
      for (const { to } of imports.filter((edge) => edge.file === file && edge.to.endsWith('.ts')))
        visit(to, [...path, file]);
    };
    visit('main.ts', []);
  });
});

test('Every element of schema.graphql is described', () => {
  const schema = buildSchema(readFileSync(new URL('../schema.graphql', import.meta.url), 'utf8'));
  const elements = Object.values(schema.getTypeMap())
    .filter((type) => !type.name.startsWith('__') && type.astNode !== undefined)
    .flatMap((type) => {
      const fields =
        isObjectType(type) || isInterfaceType(type) || isInputObjectType(type) ? Object.values(type.getFields()) : [];
      const args = fields.flatMap((field) => ('args' in field ? field.args : []));
      const values = isEnumType(type) ? type.getValues() : [];
      return [type, ...fields, ...args, ...values].map(({ name, description }) => ({
        type: type.name,
        name,
        description,
      }));
    });
  expect(elements.length).toBeGreaterThan(100);
  expect(elements.filter(({ description }) => !description)).toEqual([]);
});
