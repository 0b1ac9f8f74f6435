import { inspectArn } from './formats/arns.js';
import { inspectJsonText } from './formats/json-text.js';
import { inspectMembers } from './formats/members.js';
import { inspectNearMiss } from './formats/near-miss.js';
import { inspectOutput } from './formats/output.js';
import { inspectRecord } from './formats/record.js';
import type { Format } from './walk.js';

/** What a text in a document may be; the first format that fits decides. */
export const textFormats: readonly Format<string>[] = [inspectArn, inspectJsonText];

/** The same for an object. */
export const objectFormats: readonly Format<object>[] = [inspectRecord, inspectOutput, inspectNearMiss, inspectMembers];
