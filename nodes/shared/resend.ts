import type { IAllExecuteFunctions } from 'n8n-workflow';
import { createResend, type ResendApi } from '../../services/resend';
import { httpRequestOf } from './http';

export const RESEND_CREDENTIAL = 'lifecycleResendApi';

/** Resend with the credential that is chosen in the node. */
export async function resendOf(context: IAllExecuteFunctions): Promise<ResendApi> {
  const { url, apiKey } = await context.getCredentials<{ url: string; apiKey: string }>(RESEND_CREDENTIAL);
  return createResend({ url, apiKey, request: httpRequestOf(context, RESEND_CREDENTIAL) });
}
