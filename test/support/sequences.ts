import type { SequenceDefinition, SequenceStep } from '../../store';

/** A step with what tests do not care about. */
export function step(name: string, given: Partial<SequenceStep> = {}): SequenceStep {
  return {
    name,
    delay: 0,
    unit: 'minutes',
    timeOfDay: null,
    weekdays: [],
    wait: null,
    variants: [{ name: 'A', weight: 1, subject: `${name} subject`, preheader: '', body: `${name} body` }],
    ...given,
  };
}

/** A marketing sequence at any hour, with what tests do not care about. */
export function sequence(given: Partial<SequenceDefinition> = {}): SequenceDefinition {
  return {
    name: 'Welcome',
    kind: 'marketing',
    topic: 'Tips',
    audience: 'everybody',
    from: 'Ada <ada@example.com>',
    replyTo: null,
    preferencesPage: 'https://n8n.example.com/webhook/email-preferences',
    endsOn: [],
    onlyWhile: [],
    quietHours: null,
    timeZone: 'UTC',
    steps: [step('Hello'), step('Tips', { delay: 2, unit: 'days' })],
    ...given,
  };
}
