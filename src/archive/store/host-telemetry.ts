import { setImmediate as nextTurn } from 'node:timers/promises';
import { sql } from 'kysely';
import { byCodePoint } from '../comparison.js';
import type { Database } from './database.js';
import { toTelemetryFacts, toTermKey } from './facts.js';
import type { TermDimension } from './tables.js';
import { UNDESCRIBED } from './writer.js';

/** What a host is known by. */
export interface HostId {
  readonly accountId: string;
  readonly region: string;
  readonly agentId: string;
}

/** Telemetry of one type, added up; both numbers may be larger than 2^53-1. */
export interface TelemetrySum {
  readonly messageType: string;
  readonly count: bigint;
  /** In bytes; null where a row lacks it. */
  readonly dataSize: bigint | null;
}

/** Reads of the telemetry of hosts. */
export interface HostTelemetryReader {
  /**
   * What the agents of a host sent in all runs, by message type, the largest count first; null where none of them has a row.
   * As in statistics, an agent's `Total` row counts only where it has no other one.
   */
  fetchHostTelemetry(host: HostId): Promise<readonly TelemetrySum[] | null>;
}

/** A document of an agent has some 2 KB: so many are parsed in a few milliseconds. */
const DOCUMENTS_PER_READ = 500;

/** The reads over an open database. */
export function createHostTelemetryReader({ tables }: Pick<Database, 'tables'>): HostTelemetryReader {
  const term = (dimension: TermDimension, value: string) =>
    sql`(select id from terms where dimension = ${dimension} and key = ${toTermKey(value)})`;

  return {
    async fetchHostTelemetry({ accountId, region, agentId }) {
      const sums = new Map<string, { count: bigint; dataSize: bigint | null }>();
      for (let after = 0; ; ) {
        // Agents that findings alone name have no document.
        const { rows } = await sql<{ run: number; runArn: string; document: string }>`
          select pair.run, run.value as "runArn", documents.document
          from agent_facts as pair
          join terms as run on run.id = pair.run
          join documents on documents.kind = 'assessmentRunAgent' and documents.key = run.value || ' ' || ${agentId}
          where pair.agent = ${term('agent', agentId)} and pair.account = ${term('account', accountId)}
            and pair.region = ${term('region', region)} and pair.run > ${after}
          order by pair.run limit ${sql.lit(DOCUMENTS_PER_READ)}`.execute(tables);
        for (const { runArn, document } of rows) {
          if (document === UNDESCRIBED) continue;
          for (const row of toTelemetryFacts(runArn, JSON.parse(document).telemetryMetadata ?? [])) add(row);
        }
        const last = rows.at(-1);
        if (last === undefined || rows.length < DOCUMENTS_PER_READ) return toRows();
        after = last.run;
        // SQLite reads synchronously: let other requests run.
        await nextTurn();
      }

      function add({ message_type: messageType, count, data_size }: ReturnType<typeof toTelemetryFacts>[number]): void {
        const sum = sums.get(messageType) ?? { count: 0n, dataSize: 0n };
        sums.set(messageType, {
          count: sum.count + BigInt(count),
          dataSize: sum.dataSize === null || data_size === null ? null : sum.dataSize + BigInt(data_size),
        });
      }

      function toRows(): readonly TelemetrySum[] | null {
        if (sums.size === 0) return null;
        const rows = [...sums].map(([messageType, sum]) => ({ messageType, ...sum }));
        return rows.sort((a, b) =>
          a.count === b.count ? byCodePoint(a.messageType, b.messageType) : a.count < b.count ? 1 : -1,
        );
      }
    },
  };
}
