import { sql } from 'kysely';
import { HALF_BITS } from '../summary.js';

/** The sums of the halves of a column's numbers: added up as they are, they may be more than the engines hold. */
export const sumHigh = (column: string) => sql`sum(${sql.ref(column)} >> ${sql.lit(HALF_BITS)})`;
export const sumLow = (column: string) => sql`sum(${sql.ref(column)} & ${sql.lit(2 ** HALF_BITS - 1)})`;
