import { objectIn } from '../../shared/object-in';
import { processEach } from '../../shared/process-items';
import { showOnlyFor, type Operation } from '../operation';
import { forgetPassword } from './forget-password';
import { reportFor } from './report-json';
import { readReportRequest } from './request';

export const get: Operation = {
  properties: showOnlyFor('report', 'get', [
    {
      displayName: 'Query',
      name: 'query',
      type: 'json',
      default: '={{ $json.query }}',
      description:
        'What is to be seen, as the address of the page says: period, tier, and which page. What makes no sense is left out.',
    },
  ]),

  prepare: forgetPassword,

  execute: (context, store) =>
    processEach(context, { service: 'Lifecycle Store' }, async (index) => {
      const request = readReportRequest(objectIn(context.getNodeParameter('query', index, {})));
      const { format, table } = request;
      return { json: { report: await reportFor(store, request), format, table } };
    }),
};
