import { z } from 'zod';
import { describedArns, locale } from '../shared/constraints.js';
import { describe } from '../shared/describe.js';
import { operation } from '../shared/operation.js';
import { listArns, page } from '../shared/paging.js';

export const describeRulesPackages = describe('rulesPackage', {
  rulesPackageArns: describedArns('rulesPackage'),
  locale,
});

export const listRulesPackages = operation(z.object(page()), (query, context) =>
  listArns('rulesPackage', query, context),
);
