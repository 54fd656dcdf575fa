import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import { ServiceError } from '../../../services/http';
import { CustomerBusy, type CustomerRecord, type RecordedCustomer } from '../../../store';
import { orError } from '../../shared/parameters';
import { processBatch, type ItemResult } from '../../shared/process-items';
import { showOnlyFor, type Operation } from '../operation';
import { aboutProperty, aspects, type About } from './about';
import { customerJson } from './customer-json';
import { deliveryIdOf, eventOf } from './event-of-item';
import { reasonFor, type Said } from './said';
import { saidByEvent } from './said-by-event';

const SERVICE = 'Lifecycle Store';

export const record: Operation = {
  properties: showOnlyFor('customer', 'record', [aboutProperty]),

  execute: (context, store) => {
    const about = context.getNodeParameter(aboutProperty.name, 0) as About;
    const { outputs } = aspects[about];
    return processBatch(context, { service: SERVICE, outputs: outputs.length }, async (indexes) => {
      const heard = indexes.map((index) => orError(() => heardFrom(context, index, about)));
      const records = heard.flatMap((each) => (each instanceof Error || !each.record ? [] : each.record));
      const recorded = records.length > 0 ? await store.customers.record(records, { keep: true }) : [];
      const recordedOf = new Map(records.map((each, position) => [each, recorded[position]]));
      return heard.map((each) =>
        each instanceof Error
          ? each
          : resultOf(about, each, each.record ? recordedOf.get(each.record) : undefined),
      );
    });
  },
};

/** What one item's event says, and what is to be recorded of it. */
interface Heard {
  said: Said;
  /** Without the event's id it is only worked out, as in the editor, and nothing is kept. */
  record?: CustomerRecord;
}

function heardFrom(context: IExecuteFunctions, index: number, about: About): Heard {
  const json = context.getInputData()[index]?.json ?? {};
  const event = eventOf(json);
  const said = saidByEvent(event, json);
  if (about === 'registration' && !aspects.registration.isSaid(said.facts)) {
    throw new ServiceError(
      SERVICE,
      `There is no registration to record: ${reasonFor('registration', said)}.`,
      false,
    );
  }
  if (!said.facts) return { said };
  const deliveryId = deliveryIdOf(json);
  const origin = deliveryId === undefined ? {} : { eventId: event.id, deliveryId };
  return { said, record: { ...said.facts, ...origin, source: event.source } };
}

function resultOf(
  about: About,
  { said, record: asked }: Heard,
  recorded: RecordedCustomer | CustomerBusy | undefined,
): ItemResult | Error {
  const { topic, outputs, isSaid, output, sync, action } = aspects[about];
  const nothingToDo: Pick<ItemResult, 'output' | 'outcomes'> = {
    output: outputs.length - 1,
    outcomes: [{ service: SERVICE, action: `nothing to do: ${reasonFor(topic, said)}` }],
  };
  if (!said.facts) return { json: { customer: null }, ...nothingToDo };
  if (!recorded) return new Error('the customer was left out');
  if (recorded instanceof CustomerBusy) return busyError(said.facts.email);

  const customer = customerJson(recorded.customer);
  if (!isSaid(said.facts)) return { json: { customer: { ...customer, sync: {} } }, ...nothingToDo };
  const outcome = { service: SERVICE, action: action(recorded, said.facts), id: recorded.customer.id };
  return {
    json: { customer: { ...customer, sync: sync(recorded) } as IDataObject },
    output: output(recorded),
    ...(asked?.eventId !== undefined && { outcomes: [outcome] }),
  };
}

function busyError(email: string): ServiceError {
  return new ServiceError(
    SERVICE,
    `Another event of the customer ${email} is being worked on. This one is tried again when that is done.`,
    true,
  );
}
