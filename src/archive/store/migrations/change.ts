import type { ColumnDefinitionBuilder, Kysely } from 'kysely';
import type { Engine } from '../tables.js';

/** A change of the tables, in words that both engines understand, but for what `engine` decides. */
export type Change = (database: Kysely<unknown>, engine: Engine) => Promise<void>;

/** A column that no row is without. */
export const notNull = (column: ColumnDefinitionBuilder) => column.notNull();
