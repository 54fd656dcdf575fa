import type { IDataObject } from 'n8n-workflow';
import { ServiceError } from '../../../services/http';
import {
  CustomerBusy,
  PersonErased,
  type CustomerRecord,
  type RecordedCustomer,
  type SubscriptionReading,
} from '../../../store';
import { orError } from '../../shared/parameters';
import { processBatch, type ItemResult } from '../../shared/process-items';
import { showOnlyFor, type Operation } from '../operation';
import { aboutProperty, aspects, type About } from './about';
import { BUSY } from './busy';
import { customerJson } from './customer-json';
import { deliveryOf, eventOf } from './event-of-item';
import { withOwners, type SaidBy } from './owners';
import { reasonFor, type Said } from './said';
import { saidByEvent } from './said-by-event';

const SERVICE = 'Lifecycle Store';

export const record: Operation = {
  properties: showOnlyFor('customer', 'record', [aboutProperty]),

  execute: (context, store) => {
    const about = context.getNodeParameter(aboutProperty.name, 0) as About;
    const { outputs } = aspects[about];
    return processBatch(context, { service: SERVICE, outputs: outputs.length }, async (indexes) => {
      const items = context.getInputData();
      const told = indexes.map((index) => orError(() => toldBy(items[index]?.json ?? {})));
      const heard = (await withOwners(store.customers, told)).map((each) =>
        each instanceof Error ? each : orError(() => heardFrom(each, about)),
      );
      await store.subscriptions.keepOwnerless(heard.flatMap(ownerlessOf));
      const records = heard.flatMap((each) => (each instanceof Error || !each.record ? [] : each.record));
      const recorded = await store.customers.record(records);
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
  /** Not in the editor. */
  isKept: boolean;
  /** Without the event's id it is only worked out, as in the editor, and nothing is kept. */
  record?: CustomerRecord;
}

interface Told extends SaidBy {
  eventId: string;
  delivery: ReturnType<typeof deliveryOf>;
}

function toldBy(json: IDataObject): Told {
  const event = eventOf(json);
  const { id: eventId, source } = event;
  return { eventId, source, said: saidByEvent(event, json), delivery: deliveryOf(json) };
}

function heardFrom({ eventId, source, said, delivery }: Told, about: About): Heard {
  if ((about === 'registration' || about === 'trial') && !aspects[about].isSaid(said.facts)) {
    throw new ServiceError(SERVICE, `There is no ${about} to record: ${reasonFor(about, said)}.`, false);
  }
  const isKept = delivery !== undefined;
  if (!said.facts) return { said, isKept };
  const origin = delivery && { eventId, deliveryId: delivery.id, lease: delivery.lease };
  return { said, isKept, record: { ...said.facts, ...origin, source } };
}

/** What is known of a subscription of whose customer nothing is; nothing is kept of an event tried in the editor. */
function ownerlessOf(heard: Heard | Error): SubscriptionReading[] {
  if (heard instanceof Error || heard.said.facts || !heard.isKept) return [];
  return heard.said.nameless?.subscription ? [heard.said.nameless.subscription] : [];
}

function resultOf(
  about: About,
  { said, record: asked }: Heard,
  recorded: RecordedCustomer | CustomerBusy | PersonErased | undefined,
): ItemResult | Error {
  const { topic, outputs, isSaid, output, firstPlanCounts, sync, action } = aspects[about];
  const nothingToDo = (reason: string): Pick<ItemResult, 'output' | 'outcomes'> => ({
    output: outputs.length - 1,
    outcomes: [{ service: SERVICE, action: `nothing to do: ${reason}` }],
  });
  if (!said.facts) return { json: { customer: null }, ...nothingToDo(reasonFor(topic, said)) };
  if (!recorded) return new Error('the customer was left out');
  if (recorded instanceof CustomerBusy) return BUSY;
  if (recorded instanceof PersonErased) {
    // By a single output the later steps would bring the person back elsewhere.
    return outputs.length === 1 ? ERASED : { json: { customer: null }, ...nothingToDo(THEY_WERE_ERASED) };
  }

  const customer = customerJson(recorded.customer, { counts: firstPlanCounts(recorded) });
  if (!isSaid(said.facts)) {
    return { json: { customer: { ...customer, sync: {} } }, ...nothingToDo(reasonFor(topic, said)) };
  }
  const outcome = {
    service: SERVICE,
    action: action(recorded, said.facts, said.nothing[topic]),
    id: recorded.customer.id,
  };
  return {
    json: { customer: { ...customer, sync: sync(recorded) } as IDataObject },
    output: output(recorded),
    ...(asked?.eventId !== undefined && { outcomes: [outcome] }),
  };
}

const THEY_WERE_ERASED = 'this person was erased after the event';
const ERASED = new ServiceError(SERVICE, `There is nothing to do: ${THEY_WERE_ERASED}.`, false);
