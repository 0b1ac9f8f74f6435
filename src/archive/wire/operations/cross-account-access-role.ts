import { z } from 'zod';
import { createInternalError } from '../api-error.js';
import { operation } from '../shared/operation.js';

/** The only role of the archive. The operation has no input to choose an account by, and InternalException alone. */
export const describeCrossAccountAccessRole = operation(z.unknown(), async (_input, { reader, visibility }) => {
  const [role, other] = await reader.fetchFirstDocuments('crossAccountAccessRole', 2, visibility);
  if (role === undefined) throw createInternalError('The archive has no cross-account access role.');
  if (other === undefined) return role;
  const [one, another] = [role, other].map((document) => JSON.parse(document).roleArn);
  throw createInternalError(
    `The archive has several cross-account access roles, such as ${one} and ${another}, and nothing says which is meant.`,
  );
});
