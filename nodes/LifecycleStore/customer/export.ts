import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import { emailOf, emailProperty } from '../../shared/customer-email';
import { showOnlyFor, type Operation } from '../operation';

export const exportPerson: Operation = {
  properties: showOnlyFor('customer', 'export', [{ ...emailProperty, default: '' }]),

  async execute(context, store) {
    const found: INodeExecutionData[] = [];
    for (let index = 0; index < context.getInputData().length; index += 1) {
      const held = await store.privacy.export(emailOf(context, index));
      const id = String(held?.customer?.id ?? 'unknown');
      const file = Buffer.from(`${JSON.stringify(held, null, 2)}\n`);
      found.push({
        json: { export: held as IDataObject | null },
        ...(held && {
          binary: {
            data: await context.helpers.prepareBinaryData(file, `customer-${id}.json`, 'application/json'),
          },
        }),
        pairedItem: { item: index },
      });
    }
    return [found];
  },
};
