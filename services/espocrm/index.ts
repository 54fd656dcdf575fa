export { ESPOCRM, EspoCrmClient, type EspoCrmOptions } from './client';
export { ensureLeads, type EnsuredLead, type LeadRequest, type LeadRules } from './ensure-leads';
export { leadFields, leadOptions, type LeadField } from './metadata';
