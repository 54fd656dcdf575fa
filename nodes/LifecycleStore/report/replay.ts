import type { IDataObject } from 'n8n-workflow';
import { z } from 'zod/v4';
import type { Store } from '../../../store';
import { objectIn } from '../../shared/object-in';
import { processEach } from '../../shared/process-items';
import { showOnlyFor, type Operation } from '../operation';
import { forgetPassword } from './forget-password';
import { notFound, replayReport } from './report-json';
import { readReplayQuestion } from './request';

const answerSchema = z.object({ token: z.string().max(100) });

export const replay: Operation = {
  properties: showOnlyFor('report', 'replay', [
    {
      displayName: 'Form',
      name: 'form',
      type: 'json',
      default: '={{ $json.body }}',
      description:
        'What was sent by the page that asks whether to work on dead events again. Only a form that the store has given out counts, for an hour.',
    },
  ]),

  prepare: forgetPassword,

  execute: (context, store) =>
    processEach(context, { service: 'Lifecycle Store' }, async (index) => {
      const report = await answered(store, objectIn(context.getNodeParameter('form', index, {})));
      const { kind, deliveries } = report;
      return {
        json: { report, format: 'html', table: null },
        ...(kind === 'replayed' && {
          outcomes: [{ service: 'Lifecycle Store', action: `${Number(deliveries)} dead events replayed` }],
        }),
      };
    }),
};

async function answered(store: Store, form: unknown): Promise<IDataObject> {
  const question = readReplayQuestion(form);
  if (question === undefined) return notFound('This form does not say what to work on again.');
  const { data } = answerSchema.safeParse(form);
  const deliveries = data && (await store.reports.replay(question, data.token));
  return deliveries === undefined
    ? await replayReport(store, question, { refused: true })
    : { kind: 'replayed', deliveries };
}
