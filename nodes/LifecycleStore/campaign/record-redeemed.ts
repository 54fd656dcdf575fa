import { NodeOperationError } from 'n8n-workflow';
import { z } from 'zod/v4';
import { processEach } from '../../shared/process-items';
import { showOnlyFor, type Operation } from '../operation';

const codesSchema = z.array(
  z.object({
    id: z.string().min(1),
    redeemedAt: z.iso.datetime({ offset: true }).transform((at) => new Date(at)),
  }),
);

/** Adds `recorded` to each item: how many of the codes were not known to be redeemed. */
export const recordRedeemed: Operation = {
  properties: showOnlyFor('campaign', 'recordRedeemed', [
    {
      displayName: 'Codes',
      name: 'codes',
      type: 'json',
      required: true,
      default: '={{ $json.redeemed.codes }}',
      description:
        'A list with the "ID" and the time "redeemedAt" of each code. Preset for items of the Shopware Promo Code node.',
    },
  ]),

  execute: (context, store) =>
    processEach(context, { service: 'Lifecycle Store' }, async (index) => {
      const value = context.getNodeParameter('codes', index);
      const parsed = codesSchema.safeParse(typeof value === 'string' ? jsonOf(value) : value);
      if (!parsed.success) {
        throw new NodeOperationError(
          context.getNode(),
          'The codes are not a list of objects with "id" and "redeemedAt" (ISO 8601), as Shopware Promo Code, Find Redeemed, gives it.',
          { itemIndex: index },
        );
      }
      return { json: { recorded: await store.milestones.couponsRedeemed(parsed.data) } };
    }),
};

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
