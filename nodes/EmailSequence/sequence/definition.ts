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

const text = z.string().trim().default('');
const time = z.string().trim().regex(TIME, 'is no time of day, like 10:00');
const optional = text.transform((given) => (given === '' ? null : given));
const collectionOf = <Name extends string, Value extends z.ZodType>(name: Name, value: Value) =>
  z
    .object({ [name]: z.array(value).default([]) })
    .default({ [name]: [] })
    .transform((collection) => (collection as Record<string, Array<z.output<Value>>>)[name] ?? []);

const textSchema = z.object({ subject: text, preheader: text, body: z.string().default('') });

const stepSchema = z
  .object({
    name: text.pipe(z.string().min(1, 'needs a name')),
    delay: z.number('has a delay that is no number').default(0),
    unit: z.enum(['minutes', 'hours', 'days', 'weeks']).default('days'),
    timeOfDay: text.pipe(z.union([z.literal('').transform(() => null), time])),
    weekdays: z.array(z.int().min(1).max(7)).default([]),
    waitFor: z.array(z.string()).default([]),
    whenTimeIsUp: z.enum(['send', 'skip', 'end', 'sendOther']).default('skip'),
    other: z.object({ text: textSchema.optional() }).default({}),
    variants: collectionOf(
      'variant',
      textSchema.extend({ name: text, weight: z.number().min(1, 'has a weight below 1').default(1) }),
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
      const issue = error.issues[0];
      return fail(
        `Mail ${index + 1} ${issue?.message ?? 'is not complete'} (${issue?.path.join('.') ?? ''}).`,
      );
    }
    if (data.delay < 0 && index > 0) {
      fail(`Mail "${data.name}": only the delay of the first mail can be below 0.`);
    }
    return stepOf(data);
  });
  const names = steps.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice !== undefined) fail(`Two mails are called "${twice}". Their names have to differ.`);
  for (const step of steps) checkTexts(step, fail);
  return steps;
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

function filledUp(given: MessageText, own: MessageText): MessageText {
  return {
    subject: given.subject || own.subject,
    preheader: given.preheader || own.preheader,
    body: given.body.trim() === '' ? own.body : given.body,
  };
}

/** A template that cannot be compiled is told here, before anybody enters the sequence. */
function checkTexts({ name, variants, wait }: SequenceStep, fail: (message: string) => never): void {
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
