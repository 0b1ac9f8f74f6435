import type { IncomingHttpHeaders } from 'node:http';
import { archiveErrors, archiveOperations } from './archive-operations.js';
import { modelledErrors } from './modelled-errors.js';
import { operations } from './operations.js';
import type { Operation } from './shared/operation.js';

/** The operations of a service, and the errors that its model lists for each. */
interface Service {
  readonly operations: ReadonlyMap<string, Operation>;
  readonly modelledErrors: ReadonlyMap<string, readonly string[]>;
  /** Whether a request sees the region that it is signed for, and no other one. */
  readonly isRegional: boolean;
}

/** The services of the endpoint, by their names in X-Amz-Target: `InspectorService.ListFindings`. */
const services: ReadonlyMap<string, Service> = new Map([
  ['InspectorService', { operations, modelledErrors, isRegional: true }],
  ['InspectorArchive', { operations: archiveOperations, modelledErrors: archiveErrors, isRegional: false }],
]);

/** Every X-Amz-Target that is answered. */
export const targets: readonly string[] = [...services].flatMap(([service, { operations }]) =>
  [...operations.keys()].map((name) => `${service}.${name}`),
);

/** What the X-Amz-Target of a request names. */
export interface Target {
  readonly text?: string | undefined;
  /** The operation's name, known or not; null when no service is named. */
  readonly name: string | null;
  readonly operation?: Operation | undefined;
  /** The errors that its model lists. */
  readonly modelledErrors: readonly string[];
  /** Of its service. */
  readonly isRegional: boolean;
}

/** The operation that a request is for. */
export function parseTarget(headers: IncomingHttpHeaders = {}): Target {
  const text = headers['x-amz-target']?.toString();
  const [, serviceName = '', name = ''] = /^([^.]*)\.(.*)$/s.exec(text ?? '') ?? [];
  const service = services.get(serviceName);
  if (service === undefined) return { text, name: null, modelledErrors: [], isRegional: true };
  return {
    text,
    name,
    operation: service.operations.get(name),
    modelledErrors: service.modelledErrors.get(name) ?? [],
    isRegional: service.isRegional,
  };
}
