import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import {
  buildClientSchema,
  buildSchema,
  type GraphQLSchema,
  getIntrospectionQuery,
  lexicographicSortSchema,
  printSchema,
} from 'graphql';
import { endAfterAll } from './helpers/cleanup.js';
import { startGateway } from './helpers/gateway.js';

test('Introspection tells what schema.graphql says, descriptions included', async () => {
  const gateway = await startGateway();
  endAfterAll(gateway.kill);
  const { data } = await gateway.query(getIntrospectionQuery({ specifiedByUrl: true }));
  const file = readFileSync(new URL('../schema.graphql', import.meta.url), 'utf8');
  const print = (schema: GraphQLSchema) => printSchema(lexicographicSortSchema(schema));
  expect(print(buildClientSchema(data))).toBe(print(buildSchema(file)));
});
