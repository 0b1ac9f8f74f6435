import { possibleTypes, typePolicies } from '@inspector-gateway/client/apollo';
import { expect, test } from '@jest/globals';
import { getNamedType, isAbstractType, isObjectType } from 'graphql';
import { schema } from './helpers/selection.js';

const objectTypes = Object.values(schema.getTypeMap()).filter(isObjectType);

test('The policies put together the pages of every connection of what has an id, by its filter and order', () => {
  const connections = objectTypes
    .filter((type) => type.name === 'Query' || type.getInterfaces().some(({ name }) => name === 'Node'))
    .flatMap((type) =>
      Object.values(type.getFields())
        .filter((field) => getNamedType(field.type).name.endsWith('Connection'))
        .map((field) => ({ type: type.name, field })),
    );
  expect(connections.length).toBeGreaterThan(10);
  for (const { type, field } of connections) {
    const keyArgs = field.args.map(({ name }) => name).filter((name) => name === 'filter' || name === 'orderBy');
    const policy = typePolicies[type]?.fields?.[field.name];
    expect([type, field.name, policy]).toEqual([
      type,
      field.name,
      expect.objectContaining({ keyArgs: keyArgs.length > 0 ? keyArgs : false }),
    ]);
  }
});

test('The possible types are those of the schema', () => {
  const abstract = Object.values(schema.getTypeMap()).filter(
    (type) => isAbstractType(type) && !type.name.startsWith('__'),
  );
  const expected = abstract.map((type) => [
    type.name,
    isAbstractType(type)
      ? schema
          .getPossibleTypes(type)
          .map(({ name }) => name)
          .sort()
      : [],
  ]);
  const given = Object.entries(possibleTypes).map(([name, types]) => [name, [...types].sort()]);
  expect(Object.fromEntries(given)).toEqual(Object.fromEntries(expected));
});
