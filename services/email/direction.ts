const RIGHT_TO_LEFT =
  /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\p{Script=Adlam}]/u;
const EVERY_RIGHT_TO_LEFT = new RegExp(RIGHT_TO_LEFT, 'gu');
const LETTERS = /\p{L}/gu;
const [ISOLATE, END_OF_ISOLATE] = ['\u2068', '\u2069'];

export function isRightToLeft(text: string): boolean {
  return RIGHT_TO_LEFT.test(text);
}

/** What most of the letters ask for. */
export function directionOf(text: string): 'ltr' | 'rtl' {
  const letters = text.match(LETTERS)?.length ?? 0;
  const rightToLeft = text.match(EVERY_RIGHT_TO_LEFT)?.length ?? 0;
  return rightToLeft * 2 > letters ? 'rtl' : 'ltr';
}

/** Within a plain text, so that a value of the other direction does not turn what stands around it. */
export function isolated(value: string): string {
  return isRightToLeft(value) ? `${ISOLATE}${value}${END_OF_ISOLATE}` : value;
}
