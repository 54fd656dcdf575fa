export { TWENTY, TwentyClient, type TwentyOptions } from './client';
export { ensurePeople, type EnsuredPerson, type PersonRequest, type PersonRules } from './ensure-people';
export { personFields, type PersonField } from './metadata';
