import { describe, expect, test } from '@jest/globals';
import { getNamedType, isCompositeType, isInterfaceType, isObjectType } from 'graphql';
import { costRules } from '../src/graphql/execution/cost-rules.js';
import { schema } from './helpers/selection.js';

/** Fields that load no further entity. A new one belongs here only if it costs no call of Inspector of its own. */
const free = [
  // Parts of the entity that was counted by the field above.
  'AssessmentRun.findingCounts',
  'AssessmentRun.stateChanges',
  'AssessmentRun.notifications',
  'AssessmentRun.userAttributesForFindings',
  'AssessmentTemplate.userAttributesForFindings',
  'ResourceGroup.tags',
  'Finding.assetAttributes',
  'Finding.attributes',
  'Finding.userAttributes',
  'AssetAttributes.tags',
  'AssetAttributes.networkInterfaces',
  'NetworkInterface.securityGroups',
  'Exclusion.scopes',
  'Exclusion.attributes',
  // Telemetry is read once for a run that was counted, and comes with an agent.
  'AssessmentRun.telemetry',
  'AssessmentRun.telemetryTotal',
  'AssessmentRun.telemetryResult',
  'AssessmentRunAgent.telemetry',
  'AssessmentRunAgent.telemetryTotal',
  'Telemetry.telemetryMetadata',
  'Telemetry.total',
  // One call for a run or a template that was counted.
  'AssessmentRun.tags',
  'AssessmentTemplate.tags',
  // Parts of a host and of an archive, which came with them.
  'Host.findingCounts',
  'Archive.counts',
  'Archive.accounts',
  'Archive.regions',
  // Parts of statistics, whose rule has counted groups and buckets.
  ...['FindingStatistics', 'TelemetryStatistics', 'AssessmentRunStatistics'].flatMap((name) => [
    `${name}.groups`,
    `${name}.total`,
    `${name}Group.keys`,
    `${name}Group.total`,
    `${name}Group.buckets`,
  ]),
  // Parts of a comparison, whose rule has counted the base run.
  'AssessmentRunComparison.base',
  'AssessmentRunComparison.telemetry',
  'TelemetryComparison.base',
  'TelemetryComparison.compared',
  // The run was counted with what belongs to it.
  'Exclusion.assessmentRun',
];

/** Items of a page, which was counted by the field that gives the connection. */
const ofPage = /^\w+(Connection\.(nodes|edges|pageInfo)|Edge\.node)$/;

const fields = Object.values(schema.getTypeMap())
  .filter((type) => !type.name.startsWith('__'))
  .filter((type) => isObjectType(type) || isInterfaceType(type))
  .flatMap((type) => Object.values(type.getFields()).map((field) => ({ name: `${type.name}.${field.name}`, field })));

describe('The cost rules', () => {
  test('cover every field of an object, interface or union type that is not named as free', () => {
    const composite = fields.filter(({ field }) => isCompositeType(getNamedType(field.type))).map(({ name }) => name);
    expect(composite.length).toBeGreaterThan(70);
    expect(composite.filter((name) => !costRules.has(name) && !ofPage.test(name)).sort()).toEqual([...free].sort());
  });

  test('are for fields that exist', () => {
    const names = fields.map(({ name }) => name);
    // Federation's field is added to the schema when it is executed.
    expect([...costRules.keys()].filter((name) => !names.includes(name))).toEqual(['Query._entities']);
  });
});
