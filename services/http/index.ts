export { isSameAddress } from './address';
export { Cache } from './cache';
export { systemClock, type Clock } from './clock';
export { ServiceClient, type CallOptions } from './client';
export { ServiceError, asError, isRetryableStatus, orError } from './error';
export { parseAnswer } from './parse';
export { quotable } from './quotable';
export type { HttpRequest, HttpRequestOptions, HttpResponse, HttpMethod } from './request';
export { nameBasedUuid } from './uuid';
