import { z } from 'zod/v4';
import type { HttpResponse } from '../http';

const validationFailure = z.object({
  messageTranslation: z.object({ data: z.object({ field: z.string(), type: z.string() }) }),
});

const message = z.object({ message: z.string() });

/** What to enter, for fields whose rules are EspoCRM's own (`Classes/FieldValidators`). */
const TAKES: Readonly<Record<string, string>> = {
  status: "one of this EspoCRM's own list; choose it from the list in the node",
  source: "one of this EspoCRM's own list; choose it from the list in the node",
  phoneNumber: 'an international number such as +49301234567',
  emailAddress: 'an address such as name@example.com, without accents or umlauts',
};

/** The reason EspoCRM gives in a header, its body being empty as a rule. */
export function reasonOf({ headers }: Pick<HttpResponse, 'headers'>): string | undefined {
  return headers['x-status-reason']?.trim() || undefined;
}

/** What EspoCRM says about a failure: the field that it refused, else its reason, else its message. */
export function describe(body: unknown, headers: HttpResponse['headers']): string | undefined {
  const refused = validationFailure.safeParse(body).data?.messageTranslation.data;
  if (refused) return refusal(refused);
  const reason = reasonOf({ headers });
  const [, field, type] = /field: ([^,]+), type: (\w+)/.exec(reason ?? '') ?? [];
  if (field !== undefined && type !== undefined) return refusal({ field, type });
  return reason ?? message.safeParse(body).data?.message;
}

function refusal({ field, type }: { field: string; type: string }): string {
  switch (type) {
    case 'required':
      return `the field "${field}" must not be empty`;
    case 'maxLength':
      return `the value of the field "${field}" is too long`;
    case 'valid':
    case 'emailAddress':
      return `the field "${field}" does not take this value${TAKES[field] ? `, but ${TAKES[field]}` : ''}`;
    default:
      return `the value of the field "${field}" did not pass the check "${type}"`;
  }
}
