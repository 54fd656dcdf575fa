import type { IDataObject } from 'n8n-workflow';

/** What a step did, kept with the delivery as its audit trail. */
export interface Outcome extends IDataObject {
  service: string;
  /** Past tense, e.g. `promo code created`. */
  action: string;
  /** Id of the object at the service. */
  id?: string;
  /** ISO 8601. */
  at: string;
}

/**
 * What an item carries on when a step failed on it: as `failure` when that holds back the later steps, among its
 * `failures` when it does not.
 */
export interface Failure extends IDataObject {
  /** Name of the node on the canvas. */
  node: string;
  service: string;
  message: string;
  retryable: boolean;
  /** Certainly nothing was sent, and the key under which it was to be is free. Without it, it is not known. */
  unsent?: true;
  /** Before then trying again is in vain, ISO 8601. */
  retryAt?: string;
  /** It was sent by an earlier try, or is being sent: never to be sent again. */
  sentBefore?: true;
  /** The account, its key or the credential has to be mended: until then every other mail fails as well. */
  ofAccount?: true;
}

/** The right to work on one event, as the Lifecycle Event Trigger hands it out. */
export interface DeliveryReference extends IDataObject {
  id: string;
  /** Lease; `test` for an event taken in the editor, which is not settled. */
  lease: string;
  /** 1 for the first try. */
  attempt: number;
  /** When the lease ends, ISO 8601: what is not settled by then is tried again. Absent for an event taken in the editor. */
  leasedUntil?: string;
}

/** Whether a failure on the item is kept for a later try (by Settle or Mark), so that it may travel on with it. */
export function isTriedAgain(json: IDataObject): boolean {
  return json.delivery !== undefined || isDueMessage(json.message);
}

/** Whether it is the message that the Lifecycle Store's *Claim Due* puts into an item. */
function isDueMessage(message: unknown): boolean {
  return (
    typeof message === 'object' && message !== null && typeof (message as IDataObject).batchKey === 'string'
  );
}

/** Stands for a delivery when an event is tried in the editor: nothing is claimed, nothing is settled. */
export const TEST_DELIVERY: DeliveryReference = { id: 'test', lease: 'test', attempt: 1 };
