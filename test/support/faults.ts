/** Ways in which a system may fail, as `campaign.fail` takes them. */

export const REFUSED = { status: 503, body: 'Service Unavailable' };
/** The connection ends before anything has happened. */
export const UNREACHABLE = { drop: 'before' };
/** What was asked for is done; the answer never arrives. */
export const ANSWER_LOST = { drop: 'after' };
/** The page of a proxy in the place of the answer. */
export const WEB_PAGE = {
  status: 200,
  headers: { 'content-type': 'text/html' },
  body: '<!doctype html><title>Maintenance</title><p>We will be back soon.</p>',
};
export const OTHER_JSON = { status: 200, body: { hello: 'world' } };
/** Patience is asked for, so little that the call itself is sent again. */
export const TOO_MANY = { status: 429, headers: { 'retry-after': '1' }, body: 'rate_limited' };
/** Patience is asked for, so much that it takes another try of the event. */
export const TOO_MANY_FOR_LONG = { status: 429, headers: { 'retry-after': '600' }, body: 'rate_limited' };
