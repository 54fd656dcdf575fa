import type { IExecuteFunctions } from 'n8n-workflow';
import { DateTime } from 'luxon';
import { LIMITS } from '../../../services/resend';
import { itemParameter } from '../../shared/item-parameter';
import { problem, type Field } from './fields';

/**
 * When Resend is to send the mail, ISO 8601 in UTC; `undefined` for at once. A time without a zone is one of the workflow's
 * time zone. Throws `NodeOperationError`.
 */
export function scheduledAtOf(
  context: IExecuteFunctions,
  itemIndex: number,
  field: Field,
): string | undefined {
  const value = itemParameter(context, field.name, itemIndex, '');
  if (value === undefined || value === null || value === '') return undefined;
  const time = timeOf(value, context.getTimezone());
  if (!time.isValid) {
    throw problem(context, itemIndex, `"${field.displayName}" must be a time like 2026-11-30T09:00:00.`);
  }
  if (time > DateTime.utc().plus({ days: LIMITS.daysAhead })) {
    throw problem(
      context,
      itemIndex,
      `"${field.displayName}" is more than ${LIMITS.daysAhead} days ahead, which Resend does not take. Let the workflow wait, or use an e-mail sequence.`,
    );
  }
  return new Date(time.toMillis()).toISOString();
}

function timeOf(value: unknown, zone: string): DateTime {
  if (value instanceof Date || DateTime.isDateTime(value)) return DateTime.fromMillis(value.valueOf());
  return DateTime.fromISO(String(value), { zone });
}
