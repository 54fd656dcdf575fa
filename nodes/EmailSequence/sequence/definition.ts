import { NodeOperationError, type IExecuteFunctions } from 'n8n-workflow';
import { z } from 'zod/v4';
import { compileEmail, TemplateError } from '../../../services/email';
import { orError } from '../../shared/parameters';
import {
  isTimeZone,
  STAGES,
  type MessageText,
  type SequenceDefinition,
  type SequenceStep,
} from '../../../store';

const TIME = /^([01]\d|2[0-3]):[0-5]\d$/;
const MOST_STEPS = 50;
const MINUTES_OF = { minutes: 1, hours: 60, days: 24 * 60, weeks: 7 * 24 * 60 } as const;
const LONGEST_DELAY = 10 * 366 * MINUTES_OF.days;
const WEEKDAY = '"Weekdays" has one that is no number from 1 for Monday to 7 for Sunday';
const WEIGHT = 'another text has a "Weight" that is no number from 1 on';

const text = z.string().trim().default('');
const time = z.string().trim().regex(TIME, '"Time of Day" is no time of day, like 10:00');
const weekday = z.int(WEEKDAY).min(1, WEEKDAY).max(7, WEEKDAY);
const optional = text.transform((given) => (given === '' ? null : given));
const collectionOf = <Name extends string, Value extends z.ZodType>(name: Name, value: Value) =>
  z
    .object({ [name]: z.array(value).default([]) })
    .default({ [name]: [] })
    .transform((collection) => (collection as Record<string, Array<z.output<Value>>>)[name] ?? []);

const textSchema = z.object({ subject: text, preheader: text, body: z.string().default('') });

const stepSchema = z
  .object({
    name: text.pipe(z.string().min(1, '"Name" is empty')),
    delay: z.number('"Delay" is no number').default(0),
    unit: z.enum(['minutes', 'hours', 'days', 'weeks']).default('days'),
    timeOfDay: optional.pipe(time.nullable()),
    weekdays: z.array(weekday, '"Weekdays" is no list').default([]),
    waitFor: z.array(z.string()).default([]),
    whenTimeIsUp: z.enum(['send', 'skip', 'end', 'sendOther']).default('skip'),
    other: z.object({ text: textSchema.optional() }).default({}),
    variants: collectionOf(
      'variant',
      textSchema.extend({ name: text, weight: z.number(WEIGHT).min(1, WEIGHT).default(1) }),
    ),
  })
  .extend(textSchema.shape);

type GivenStep = z.output<typeof stepSchema>;

/** What the parameters say; they are the same for all items. Throws a `NodeOperationError` that names what is wrong. */
export function definitionOf(context: IExecuteFunctions): SequenceDefinition {
  const fail = (message: string): never => {
    throw new NodeOperationError(context.getNode(), message);
  };
  const parameter = (name: string, fallback?: string | boolean | string[]): unknown =>
    context.getNodeParameter(name, 0, fallback);
  const options = z
    .object({ from: optional, replyTo: optional, preferencesPage: optional, timeZone: optional })
    .parse(context.getNodeParameter('options', 0, {}));

  const name = String(parameter('sequence')).trim();
  if (name === '') fail('"Sequence" is empty. Give the sequence a name.');
  const kind = parameter('kind') === 'transactional' ? 'transactional' : 'marketing';
  const isMarketing = kind === 'marketing';
  const timeZone = options.timeZone ?? 'UTC';
  if (!isTimeZone(timeZone))
    fail(`"Time Zone": there is none called "${timeZone}". Choose one from the list.`);
  const steps = stepsOf(parameter('steps'), fail);
  return {
    name,
    kind,
    topic: isMarketing ? optional.parse(parameter('topic', '')) : null,
    audience: isMarketing
      ? z.enum(['everybody', 'consented', 'confirmed']).parse(parameter('audience', 'consented'))
      : 'everybody',
    from: options.from,
    replyTo: options.replyTo,
    preferencesPage: options.preferencesPage ?? ownPreferencesPage(context),
    endsOn: z.array(z.string()).parse(parameter('endsOn', [])),
    onlyWhile: z.array(z.enum(STAGES)).parse(parameter('onlyWhile', [])),
    quietHours: quietHoursOf(parameter, fail),
    timeZone,
    steps,
  };
}

function stepsOf(given: unknown, fail: (message: string) => never): SequenceStep[] {
  const parsed = collectionOf('step', z.unknown()).safeParse(given ?? {});
  const all = parsed.data ?? [];
  if (all.length === 0) fail('There is no mail in the sequence. Add at least one.');
  if (all.length > MOST_STEPS)
    fail(`There are ${all.length} mails in the sequence; at most ${MOST_STEPS} are possible.`);
  const steps = all.map((each, index) => {
    const { data, error } = stepSchema.safeParse(each);
    if (!data) {
      return fail(`Mail ${index + 1}: ${error.issues[0]?.message ?? 'it is not complete'}.`);
    }
    const wrong = delayProblem(data, index);
    if (wrong !== undefined) fail(`Mail "${data.name}": ${wrong}.`);
    return stepOf(data);
  });
  const twice = repeatedName(steps);
  if (twice !== undefined) fail(`Two mails are called "${twice}". Their names have to differ.`);
  for (const step of steps) checkTexts(step, fail);
  return steps;
}

function delayProblem({ delay, unit, waitFor }: GivenStep, position: number): string | undefined {
  if (waitFor.length > 0 && delay <= 0)
    return 'it waits for something for as long as "Delay" says, which has to be above 0';
  if (delay < 0 && position > 0) return 'only the delay of the first mail can be below 0';
  return Math.abs(delay) * MINUTES_OF[unit] > LONGEST_DELAY ? '"Delay" is longer than 10 years' : undefined;
}

function stepOf({ name, delay, unit, timeOfDay, weekdays, ...given }: GivenStep): SequenceStep {
  const own = { subject: given.subject, preheader: given.preheader, body: given.body };
  return {
    name,
    delay,
    unit,
    timeOfDay,
    weekdays,
    wait:
      given.waitFor.length === 0
        ? null
        : {
            events: given.waitFor,
            whenTimeIsUp: given.whenTimeIsUp,
            other: given.whenTimeIsUp === 'sendOther' ? filledUp(given.other.text ?? own, own) : null,
          },
    variants: [
      { name: 'A', weight: 1, ...own },
      ...given.variants.map((variant, index) => ({
        ...filledUp(variant, own),
        name: variant.name || String.fromCharCode('B'.charCodeAt(0) + index),
        weight: variant.weight,
      })),
    ],
  };
}

function repeatedName(named: ReadonlyArray<{ name: string }>): string | undefined {
  const names = named.map(({ name }) => name);
  return names.find((name, index) => names.indexOf(name) < index);
}

function filledUp(given: MessageText, own: MessageText): MessageText {
  return {
    subject: given.subject || own.subject,
    preheader: given.preheader || own.preheader,
    body: given.body.trim() === '' ? own.body : given.body,
  };
}

/** A template that cannot be compiled is told here, before anybody enters the sequence. */
function checkTexts({ name, variants, wait }: SequenceStep, fail: (message: string) => never): void {
  const twice = repeatedName(variants);
  if (twice !== undefined)
    fail(`Mail "${name}" has two texts called "${twice}". Their names have to differ.`);
  for (const given of [...variants, ...(wait?.other ? [wait.other] : [])]) {
    if (given.subject === '') fail(`Mail "${name}" has no subject.`);
    if (given.body.trim() === '') fail(`Mail "${name}" has no body.`);
    const error = templateErrorIn(given);
    if (error) fail(`Mail "${name}", ${error.part}, line ${error.line}: ${error.reason}`);
  }
}

function templateErrorIn(given: MessageText): TemplateError | undefined {
  const error = orError(() => compileEmail(given));
  if (error instanceof TemplateError) return error;
  return error instanceof Error ? new TemplateError('body', 1, error.message) : undefined;
}

function quietHoursOf(
  parameter: (name: string, fallback?: string | boolean) => unknown,
  fail: (message: string) => never,
): SequenceDefinition['quietHours'] {
  if (parameter('quietHours', true) !== true) return null;
  const from = time.safeParse(parameter('quietFrom', '21:00')).data;
  const to = time.safeParse(parameter('quietTo', '08:00')).data;
  return from === undefined || to === undefined
    ? fail('"Quiet From" and "Quiet Until" have to be times of day, like 21:00.')
    : { from, to };
}

/** The page of the workflow "Email preferences" in this n8n: beside its own addresses for waiting executions. */
function ownPreferencesPage(context: IExecuteFunctions): string | null {
  const resumeUrl: unknown = context.evaluateExpression('{{ $execution.resumeUrl }}', 0);
  const [base] = typeof resumeUrl === 'string' ? resumeUrl.split('/webhook-waiting') : [];
  return base === undefined || base === '' ? null : `${base}/webhook/email-preferences`;
}
