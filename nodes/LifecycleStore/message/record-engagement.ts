import type { IDataObject } from 'n8n-workflow';
import { ServiceError } from '../../../services/http';
import { readEngagement } from '../../../services/resend';
import type { EngagementReport, RecordedEngagement } from '../../../store';
import { orError } from '../../shared/parameters';
import { processBatch, type ItemResult } from '../../shared/process-items';
import { deliveryOf, eventOf } from '../customer/event-of-item';
import type { Operation } from '../operation';

const SERVICE = 'Lifecycle Store';
export const ENGAGEMENT_OUTPUTS = ['Recorded', 'Suppressed'];
const RECORDED = 0;
const SUPPRESSED = 1;

export const recordEngagement: Operation = {
  properties: [],

  execute: (context, store) =>
    processBatch(context, { service: SERVICE, outputs: ENGAGEMENT_OUTPUTS.length }, async (indexes) => {
      const items = context.getInputData();
      const heard = indexes.map((index) => orError(() => heardFrom(items[index]?.json ?? {})));
      const reports = heard.flatMap((each) => (each instanceof Error || !each.isKept ? [] : each.report));
      const recorded = await store.engagement.record(reports);
      const recordedOf = new Map(reports.map((report, position) => [report, recorded[position]]));
      return heard.map((each) =>
        each instanceof Error ? each : resultOf(each.report, recordedOf.get(each.report)),
      );
    }),
};

/** What one item's event reports; in the editor nothing is kept of it. */
interface Heard {
  report: EngagementReport;
  isKept: boolean;
}

function heardFrom(json: IDataObject): Heard {
  const { id: eventId, source, type, payload } = eventOf(json);
  const engagement = source === 'resend' ? readEngagement(type, payload) : undefined;
  if (engagement === undefined) {
    throw new ServiceError(
      SERVICE,
      `There is nothing to record: the event "${source}:${type}" does not say what became of an e-mail. Choose events of Resend about e-mails in the trigger.`,
      false,
    );
  }
  const { emailId, messageId, kind, at, recipients, permanent, detail, link } = engagement;
  const report: EngagementReport = {
    eventId,
    providerId: emailId,
    ...(messageId !== null && { messageId }),
    kind,
    at,
    recipients,
    isFinal: permanent || kind === 'complained',
    detail,
    link,
  };
  return { report, isKept: deliveryOf(json) !== undefined };
}

function resultOf(report: EngagementReport, recorded: RecordedEngagement | undefined): ItemResult {
  const { kind, at, recipients, detail, link, isFinal } = report;
  const message = recorded?.message ?? null;
  const of = message === null ? 'an e-mail' : `"${message.step}" of ${message.sequence}`;
  const outcome = { service: SERVICE, action: `${of}: ${kind}`, ...(message && { id: message.id }) };
  return {
    json: {
      engagement: { kind, at: at.toISOString(), email: recipients[0] ?? null, detail, link, message },
    },
    output: isFinal ? SUPPRESSED : RECORDED,
    ...(recorded && {
      outcomes: isFinal ? [outcome, { service: SERVICE, action: `address suppressed: ${kind}` }] : [outcome],
    }),
  };
}
