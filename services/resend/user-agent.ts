import { PRODUCT } from '../http';

/** Resend's edge answers 403 to whoever does not name itself (resend.com/docs/api-reference/introduction). */
export const USER_AGENT = `${PRODUCT.name}/${PRODUCT.version} (${PRODUCT.url})`;
