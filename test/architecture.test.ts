import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { buildSchema, isEnumType, isInputObjectType, isInterfaceType, isObjectType } from 'graphql';

const SRC = fileURLToPath(new URL('../src', import.meta.url));

/** Every import of every source file: `graphql/loaders.ts` to `dataloader`, or to `inspector/inspector-api.ts`. */
const imports = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .flatMap((file) => {
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
    for (const folder of ['inspector', 'graphql', 'http', 'archive']) {
      expect(imports.filter(({ file }) => folderOf(file) === folder).length).toBeGreaterThan(3);
    }
  });

  const allowed: Record<string, string[]> = {
    inspector: ['inspector', 'audience.ts', 'signal.ts'],
    graphql: ['graphql', 'inspector', 'audience.ts'],
    http: ['http', 'graphql', 'audience.ts', 'early-refusal.ts', 'log.ts'],
    redis: ['redis', 'inspector'],
    archive: ['archive'],
    fake: ['fake', 'archive'],
  };
  test.each(Object.entries(allowed))('of %s/ import from %j only', (folder, targets) => {
    const local = imports.filter(({ file, to }) => folderOf(file) === folder && to.endsWith('.ts'));
    expect(local.filter(({ to }) => !targets.includes(folderOf(to)))).toEqual([]);
  });

  test('of graphql/ take from inspector/ its types and its failure only', () => {
    const taken = imports.filter(({ file, to }) => folderOf(file) === 'graphql' && folderOf(to) === 'inspector');
    expect([...new Set(taken.map(({ to }) => to))].sort()).toEqual([
      'inspector/inspector-api.ts',
      'inspector/inspector-arn.ts',
      'inspector/inspector-failure.ts',
    ]);
  });

  test.each([
    [/^@aws-sdk\//, 'inspector'],
    [/^@smithy\//, 'inspector'],
    [/^dataloader$/, 'graphql'],
    [/^redis$/, 'redis'],
    [/^fastify$|^@fastify\//, 'http'],
  ])('import %s in %s/ only', (library, folder) => {
    const importers = imports.filter(({ to }) => library.test(to)).map(({ file }) => folderOf(file));
    expect([...new Set(importers)]).toEqual([folder]);
  });

  test('at the root are wired from above: main, then the command line, then gateway', () => {
    expect(imports.filter(({ to }) => to === 'main.ts')).toEqual([]);
    expect(new Set(imports.filter(({ to }) => to === 'gateway.ts').map(({ file }) => file))).toEqual(
      new Set(['command-line.ts']),
    );
  });

  test('have no circle of imports', () => {
    const visit = (file: string, path: string[]): void => {
      expect(path).not.toContain(file);
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
