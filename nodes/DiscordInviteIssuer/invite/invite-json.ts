import type { IDataObject } from 'n8n-workflow';
import { inviteUrl } from '../../../services/discord';

export interface ItemInvite {
  code: string;
  channel: { id: string | null; name: string | null };
  /** `null`: never. */
  expiresAt: Date | null;
  /** False when an earlier try had issued it. */
  issued: boolean;
}

/** An invite as the items of a workflow carry it. */
export function inviteJson({ code, channel, expiresAt, issued }: ItemInvite): IDataObject {
  return { code, url: inviteUrl(code), channel, expiresAt: expiresAt?.toISOString() ?? null, issued };
}
