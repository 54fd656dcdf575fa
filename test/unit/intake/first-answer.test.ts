import { describe, expect, it } from '@jest/globals';
import {
  checkFirstAnswers,
  firstAnswer,
  type FirstAnswerRow,
  type FormField,
  type InteractionResponse,
} from '../../../services/intake';
import { interactionOf } from '../../support/discord-signature';

type Interaction = Parameters<typeof firstAnswer>[0];

const WAIT = { type: 5, data: { flags: 64 } };

const details = form('ticket:category', 'ticket:details', [
  field({ key: 'email', label: 'E-mail', required: false, description: 'Of your account' }),
  field({ key: 'description', label: 'What happened?', style: 'paragraph', minLength: 10, maxLength: 4000 }),
]);

describe('the first answer', () => {
  it.each([
    ['its own row', 'ticket:new', [row('ticket:new')]],
    ['a row for what it begins with', 'ticket:claim:12', [row('ticket:claim')]],
    [
      'the longest row that fits',
      'ticket:claim:12',
      [form('ticket', 'x'), row('ticket:claim'), form('t', 'y')],
    ],
  ])('is given by %s', (_case, customId, table) => {
    expect(answer(customId, table)).toEqual({ response: WAIT, isWorkedOn: true });
  });

  it.each([
    ['a row that only has the same letters', 'ticket:newest', [row('ticket:new')]],
    ['a row that is longer', 'ticket', [row('ticket:new')]],
    ['no row', 'ticket:new', []],
    ['a row whose form would get too long a name', `ticket:category:${'x'.repeat(86)}`, [details]],
  ])('is not given by %s', (_case, customId, table) => {
    expect(answer(customId, table)).toMatchObject({ response: { type: 4 }, isWorkedOn: false });
  });

  it('rests silently for a button only', () => {
    const table = [{ ...row('poll'), answer: 'waitSilently' as const }];
    expect(answer('poll:1', table).response).toEqual({ type: 6 });
    expect(answer('poll:1', table, { type: 5 }).response).toEqual(WAIT);
  });

  it('is a form that is named by the chosen value', () => {
    const select = { data: { custom_id: 'ticket:category', component_type: 3, values: ['billing'] } };
    expect(answer('', [details], select)).toEqual({
      isWorkedOn: false,
      response: {
        type: 9,
        data: {
          custom_id: 'ticket:details:billing',
          title: 'A form',
          components: [
            {
              type: 18,
              label: 'E-mail',
              description: 'Of your account',
              component: { type: 4, custom_id: 'email', style: 1, required: false, max_length: 100 },
            },
            {
              type: 18,
              label: 'What happened?',
              component: {
                type: 4,
                custom_id: 'description',
                style: 2,
                required: true,
                min_length: 10,
                max_length: 4000,
              },
            },
          ],
        },
      },
    });
  });

  it('is a form that is named by what follows the beginning', () => {
    const { data } = answer('ticket:close:12', [form('ticket:close', 'ticket:closing')]).response;
    expect(data?.custom_id).toBe('ticket:closing:12');
  });

  it('is never a form on top of a form, but what a shorter row says', () => {
    const table = [form('ticket:details', 'x'), row('ticket')];
    expect(answer('ticket:details:billing', table, { type: 5 }).response).toEqual(WAIT);
    expect(answer('ticket:details:billing', table.slice(0, 1), { type: 5 }).response.type).toBe(4);
  });

  it('is found for a command by its name', () => {
    expect(answer('', [row('/ticket')], { type: 2, data: { name: 'ticket' } }).response).toEqual(WAIT);
  });
});

describe('the check of a table', () => {
  it('finds nothing in one that is as it should be, up to the last character', () => {
    const text = (length: number) => 'x'.repeat(length);
    const fields = Array.from({ length: 5 }, (_, index) =>
      field({
        key: `${index}${text(99)}`,
        label: text(45),
        description: text(100),
        minLength: 4000,
        maxLength: 4000,
      }),
    );
    const longest = { ...form(text(100), text(100), fields), title: text(45) };
    expect(checkFirstAnswers([row('ticket:new'), details, longest])).toBeUndefined();
    expect(checkFirstAnswers([])).toBeUndefined();
  });

  it.each([
    ['no beginning', row(''), /First answer 2 \(""\): the beginning of the custom ID is empty/],
    ['too long a beginning', row('x'.repeat(101)), /has 101 characters, and Discord takes 100/],
    ['the beginning of another', row('first'), /First answer 2 \("first"\): another row begins so as well/],
    ['no title', { ...details, title: ' ' }, /the form title is empty/],
    ['too long a title', { ...details, title: 'x'.repeat(46) }, /46 characters, and Discord takes 45/],
    ['no name for its form', { ...details, customId: '' }, /the form custom ID is empty/],
    ['no field', { ...details, fields: [] }, /no field; add one/],
    ['six fields', { ...details, fields: Array(6).fill(field()) }, /6 fields, and Discord shows 5/],
    [
      'two fields of one key',
      { ...details, fields: [field(), field()] },
      /field 2 \("Why\?"\): the key "why"/,
    ],
    ['a field without key', withField({ key: '' }), /field 1 \("Why\?"\): the key is empty/],
    ['a field without label', withField({ label: '' }), /the label is empty/],
    ['too long a label', withField({ label: 'x'.repeat(46) }), /the label has 46/],
    ['too long a description', withField({ description: 'x'.repeat(101) }), /the description has 101/],
    ['too great a length', withField({ maxLength: 4001 }), /whole numbers up to 4000/],
    ['a greatest length of none', withField({ maxLength: 0 }), /the longest at least 1/],
    ['half a character', withField({ minLength: 0.5 }), /whole numbers/],
    ['lengths that exclude each other', withField({ minLength: 101 }), /shortest length is greater/],
  ])('tells of %s, and in which row', (_case, wrong, problem) => {
    expect(checkFirstAnswers([row('first'), wrong])).toMatch(problem);
    expect(checkFirstAnswers([row('first'), wrong])).toMatch(/^First answer 2 /);
  });
});

function answer(customId: string, table: readonly FirstAnswerRow[], over: object = {}) {
  const given = firstAnswer(interactionOf(customId, over) as Interaction, table);
  const response: InteractionResponse = given.response;
  return { ...given, response };
}

function row(prefix: string): FirstAnswerRow {
  return { prefix, answer: 'wait', title: '', customId: '', fields: [] };
}

function form(prefix: string, customId: string, fields: FormField[] = [field()]): FirstAnswerRow {
  return { prefix, answer: 'form', title: 'A form', customId, fields };
}

function withField(over: Partial<FormField>): FirstAnswerRow {
  return { ...details, fields: [field(over)] };
}

function field(over: Partial<FormField> = {}): FormField {
  return {
    key: 'why',
    label: 'Why?',
    description: '',
    style: 'short',
    required: true,
    minLength: 0,
    maxLength: 100,
    ...over,
  };
}
