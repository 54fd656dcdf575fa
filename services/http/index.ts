export { Cache } from './cache';
export { ServiceClient, type CallOptions } from './client';
export { ServiceError, asError, isRetryableStatus } from './error';
export { parseAnswer } from './parse';
export type { HttpRequest, HttpRequestOptions, HttpResponse, HttpMethod } from './request';
