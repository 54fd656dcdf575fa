import type { Queryable } from '../database';
import type { ReportScope } from './scope';

export interface CampaignReport {
  purchases: number;
  couponsIssued: number;
  couponsRedeemed: number | null;
  couponsRevoked: number;
  invitesIssued: number;
  invitesLive: number;
  invitesUsed: number;
  invitesExpired: number;
  invitesRevoked: number;
  leadsCreated: number;
  days: Array<{
    day: string;
    purchases: number;
    couponsIssued: number;
    couponsRedeemed: number;
    invitesIssued: number;
    leadsCreated: number;
  }>;
}

export const readCampaign: (database: Queryable, scope: ReportScope) => Promise<CampaignReport> = () =>
  Promise.resolve({
    purchases: 0,
    couponsIssued: 0,
    couponsRedeemed: null,
    couponsRevoked: 0,
    invitesIssued: 0,
    invitesLive: 0,
    invitesUsed: 0,
    invitesExpired: 0,
    invitesRevoked: 0,
    leadsCreated: 0,
    days: [],
  });
