import type { SandboxRequest } from '../double';
import { invalidForm } from './errors';

const LONGEST = 512;
const PRINTABLE_ASCII = /^[\x20-\x7e]*$/;

/** Why a change is made, for the audit log; throws 400 when `X-Audit-Log-Reason` is not URL-encoded or too long. */
export function readAuditReason({ headers }: SandboxRequest): string | null {
  const header = [headers['x-audit-log-reason'] ?? ''].flat().join(', ');
  if (header === '') return null;
  const reason = PRINTABLE_ASCII.test(header) ? decoded(header) : undefined;
  if (reason === undefined) throw refusal('BASE_TYPE_CONVERT', 'Must be URL-encoded UTF-8.');
  if (reason.length > LONGEST) {
    throw refusal('BASE_TYPE_MAX_LENGTH', `Must be ${LONGEST} or fewer in length.`);
  }
  return reason;
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function refusal(code: string, message: string): Error {
  return invalidForm([{ path: ['X-Audit-Log-Reason'], code, message }]);
}
