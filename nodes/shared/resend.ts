import type { IAllExecuteFunctions } from 'n8n-workflow';
import { createResend, type ResendApi } from '../../services/resend';
import { httpRequestOf } from './http';

export const RESEND_CREDENTIAL = 'lifecycleResendApi';

export interface ResendAccount {
  api: ResendApi;
  /** Whom mails are from that name no sender, as it was entered; empty when there is none. */
  defaultSender: string;
}

/** What the credential that is chosen in the node opens. */
export async function resendAccountOf(context: IAllExecuteFunctions): Promise<ResendAccount> {
  const {
    url,
    apiKey,
    // Credentials that were made before there was such a field have none.
    from = '',
  } = await context.getCredentials<{ url: string; apiKey: string; from?: string }>(RESEND_CREDENTIAL);
  return {
    api: createResend({ url, apiKey, request: httpRequestOf(context, RESEND_CREDENTIAL) }),
    defaultSender: from.trim(),
  };
}

/** Resend with the credential that is chosen in the node. */
export async function resendOf(context: IAllExecuteFunctions): Promise<ResendApi> {
  return (await resendAccountOf(context)).api;
}
