import type { TimelineMail, TimelinePlanChange } from '../../store';

/** What happened to a customer, in words. */
export const PLAN_CHANGES: Readonly<Record<TimelinePlanChange['change'], string>> = {
  start: 'First plan',
  upgrade: 'Plan upgraded',
  downgrade: 'Plan downgraded',
  churn: 'Plan ended',
  return: 'Customer came back',
};

export const MAILS: Readonly<Record<TimelineMail['state'], string>> = {
  sent: 'E-mail sent',
  dropped: 'E-mail not sent',
  failed: 'E-mail could not be sent',
  unknown: 'E-mail perhaps sent',
};
