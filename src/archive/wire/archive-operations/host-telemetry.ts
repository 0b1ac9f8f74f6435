import { isInScope } from '../../../domain/scope.js';
import type { TelemetrySum } from '../../store/host-telemetry.js';
import { list, members, NO_CODE_OF_ITS_OWN, text } from '../shared/constraints.js';
import { operation } from '../shared/operation.js';

const MAX_HOSTS = 100;

/** Whatever SearchHosts may give. */
const part = (noun: string) => text(NO_CODE_OF_ITS_OWN, noun, 1, 2048);

export const batchGetHostTelemetry = operation(
  members({
    hosts: list(
      members({ accountId: part('an account'), region: part('a region'), agentId: part('the ID of an agent') }),
      NO_CODE_OF_ITS_OWN,
      1,
      MAX_HOSTS,
    ),
  }),
  async ({ hosts }, { reader, visibility: { scope } }) => {
    const results: string[] = [];
    for (const { accountId, region, agentId } of hosts) {
      const isVisible = scope === null || isInScope(scope, accountId, region);
      const rows = isVisible ? await reader.fetchHostTelemetry({ accountId, region, agentId }) : null;
      const host = JSON.stringify({ accountId, region, agentId }).slice(0, -1);
      results.push(`${host},"telemetryMetadata":${rows && `[${rows.map(toText).join()}]`}}`);
    }
    return `{"results":[${results.join()}]}`;
  },
);

const toText = ({ messageType, count, dataSize }: TelemetrySum) =>
  `{"messageType":${JSON.stringify(messageType)},"count":${count},"dataSize":${dataSize}}`;
