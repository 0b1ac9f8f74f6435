import type { Entity } from '../../entities.js';

/** What a part of a file turned out to be. */
export type Detection = DetectedEntity | DetectedArns | Ignored | Problem;

/** An entity, its document not checked yet. */
export interface DetectedEntity {
  readonly type: 'entity';
  readonly entity: Entity;
  readonly value: unknown;
  /** The resource it belongs to, where the file says so; empty where the record that holds it does not name it. */
  readonly parent?: string | undefined;
  readonly location: string;
}

/** ARNs that a list names, without describing what they are of. */
interface DetectedArns {
  readonly type: 'arns';
  readonly entity: Entity;
  readonly arns: readonly unknown[];
  /** The one run that a record's input asked for. */
  readonly listedFor?: string | undefined;
  readonly location: string;
}

/** What is of the service, and has nothing that the archive keeps. */
interface Ignored {
  readonly type: 'ignored';
  readonly what: string;
}

/** What cannot be taken for anything without a doubt. */
export interface Problem {
  readonly type: 'problem';
  readonly location: string;
  readonly message: string;
}
