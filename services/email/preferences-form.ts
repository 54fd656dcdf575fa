/** Name of the field that says which button was pressed. */
export const BUTTON_FIELD = 'do';
/** Name of the field that comes once for each topic that is ticked. */
export const TOPICS_FIELD = 'topics';
/** What the buttons of the page send. */
export type PageButton = 'save' | 'unsubscribe' | 'subscribe' | 'confirm';

/** What somebody chose on the page, or had their mailbox provider do; what is not given is to stay. */
export interface PreferencesForm {
  button: PageButton;
  wantsMarketing?: boolean;
  /** The topics that are wanted; all others are not. */
  topics?: string[];
}

const MOST_TOPICS = 1_000;

const CHOICES: Readonly<Record<PageButton, (topics: string[]) => PreferencesForm>> = {
  save: (topics) => ({ button: 'save', topics }),
  // The topics stay as they are, so that they are there again when somebody thinks better of it.
  unsubscribe: () => ({ button: 'unsubscribe', wantsMarketing: false }),
  subscribe: (topics) => ({ button: 'subscribe', wantsMarketing: true, topics }),
  confirm: () => ({ button: 'confirm', wantsMarketing: true }),
};

/**
 * Reads what the page's form sends, or a mailbox provider for its user: `List-Unsubscribe=One-Click` (RFC 8058).
 * A field that comes several times is a list, as n8n's Webhook node gives it. `undefined` for anything else: nothing is
 * to be changed then.
 */
export function readPreferencesForm(body: unknown): PreferencesForm | undefined {
  if (valuesOf(body, 'List-Unsubscribe').some((value) => value.trim().toLowerCase() === 'one-click')) {
    return CHOICES.unsubscribe([]);
  }
  const [button] = valuesOf(body, BUTTON_FIELD);
  return button !== undefined && Object.hasOwn(CHOICES, button)
    ? CHOICES[button as PageButton](valuesOf(body, TOPICS_FIELD).slice(0, MOST_TOPICS))
    : undefined;
}

function valuesOf(body: unknown, name: string): string[] {
  if (typeof body !== 'object' || body === null || !Object.hasOwn(body, name)) return [];
  const value: unknown = (body as Record<string, unknown>)[name];
  return [value].flat().filter((each) => typeof each === 'string');
}
