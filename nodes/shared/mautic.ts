import type { IAllExecuteFunctions } from 'n8n-workflow';
import { MauticApi } from '../../services/mautic';
import { httpRequestOf } from './http';

export const MAUTIC_CREDENTIAL = 'lifecycleMauticApi';

/** Mautic with the credential that is chosen in the node. */
export async function mauticOf(context: IAllExecuteFunctions): Promise<MauticApi> {
  const { url } = await context.getCredentials<{ url: string }>(MAUTIC_CREDENTIAL);
  return new MauticApi({ url, request: httpRequestOf(context, MAUTIC_CREDENTIAL) });
}
