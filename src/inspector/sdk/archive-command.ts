import { GetTelemetryMetadataCommand, type GetTelemetryMetadataCommandInput } from '@aws-sdk/client-inspector';
import type { BuildMiddleware, HttpRequest } from '@smithy/types';
import type { CommandClass } from './sdk-clients.js';

const commands = new Map<string, CommandClass<object>>();

/**
 * The SDK's command for one of the archive's own operations. It is a command of Inspector's with another X-Amz-Target and
 * body, set by a middleware (https://aws.amazon.com/blogs/developer/middleware-stack-modular-aws-sdk-js/), so that client,
 * protocol and errors are the same.
 */
export function toArchiveCommand(operation: string): CommandClass<object> {
  const known = commands.get(operation);
  if (known !== undefined) return known;
  const setTarget: BuildMiddleware<object, object> = (next) => (args) => {
    const request = args.request as HttpRequest;
    request.headers['x-amz-target'] = `InspectorArchive.${operation}`;
    request.body = JSON.stringify(args.input);
    return next(args);
  };
  class ArchiveCommand extends GetTelemetryMetadataCommand {
    constructor(input: object) {
      super(input as GetTelemetryMetadataCommandInput);
      // Of high priority, since other middlewares of this step measure the body.
      this.middlewareStack.add(setTarget as never, { name: 'setTarget', step: 'build', priority: 'high' });
    }
  }
  const command = ArchiveCommand as unknown as CommandClass<object>;
  commands.set(operation, command);
  return command;
}
