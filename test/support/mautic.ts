import { MAUTIC_PASSWORD, MAUTIC_USERNAME } from '../../sandbox/identities';
import { LifecycleMauticApi } from '../../credentials/LifecycleMauticApi.credentials';
import type { HttpRequest } from '../../services/http';
import { MauticApi } from '../../services/mautic';
import { axiosRequest } from '../../stack/axios-request';
import type { FilledCredential } from './execute-node';

/** The part of the Mautic double's state that tests look at. */
export interface MauticState {
  contacts: Array<{
    id: number;
    fields: Record<string, string | number | boolean>;
    dateAdded: string;
    doNotContact: object[];
    /** Ids of those it is in. */
    segments: number[];
    campaigns: number[];
  }>;
  segments: Array<{ id: number; name: string; alias: string; isPublished: boolean }>;
  campaigns: Array<{ id: number; name: string; isPublished: boolean }>;
  emails: Array<{ id: number; name: string }>;
  sentEmails: Array<{ id: number; emailId: number; contactId: number; dateSent: string; body: string }>;
  fields: Array<{ alias: string }>;
}

/** The sandbox's credential for Mautic at `url`, as an admin fills it in. */
export function mauticCredential(url: string, over: Record<string, string> = {}): FilledCredential {
  return {
    type: new LifecycleMauticApi(),
    data: { url, username: MAUTIC_USERNAME, password: MAUTIC_PASSWORD, ...over },
  };
}

/** Mautic's API at `url` without n8n; never waits before it tries again. Every request goes through `around`. */
export function mauticApi(url: string, around = (request: HttpRequest): HttpRequest => request): MauticApi {
  const credentials = Buffer.from(`${MAUTIC_USERNAME}:${MAUTIC_PASSWORD}`).toString('base64');
  return new MauticApi({
    url,
    request: around(axiosRequest({ Authorization: `Basic ${credentials}` })),
    sleep: () => Promise.resolve(),
  });
}
