import { describe, expect, it } from '@jest/globals';
import { bareAddress, splitName } from '../../../services/names';

describe('first and last name out of a full one', () => {
  it.each([
    ['Ada Lovelace', 'Ada', 'Lovelace'],
    ['  Ada   King  Lovelace ', 'Ada King', 'Lovelace'],
    ['Madonna', 'Madonna', ''],
    ['Мария Иванова', 'Мария', 'Иванова'],
    ['Γιώργος Παπαδόπουλος', 'Γιώργος', 'Παπαδόπουλος'],
    ['محمد علي', 'محمد', 'علي'],
    // Family name first, as written in these scripts.
    ['山田 太郎', '太郎', '山田'],
    ['김 민준', '민준', '김'],
    ['山田太郎', '山田太郎', ''],
    ['Taro 山田', 'Taro', '山田'],
    ["Conan O'Brien", 'Conan', "O'Brien"],
    ['<b>Ada</b> Lovelace', 'Ada', 'Lovelace'],
    ['Ada Lovelace <ada@example.com>', 'Ada', 'Lovelace'],
    ['Eve <script', 'Eve', 'script'],
    ['👩‍🚀', '👩‍🚀', ''],
  ])('%p', (name, first, last) => {
    expect(splitName(name)).toEqual({ first, last });
  });

  it.each([undefined, null, '', '   ', '<>'])('makes nothing up for %p', (name) => {
    expect(splitName(name)).toBeUndefined();
  });
});

describe('an e-mail address', () => {
  it.each([
    ['ada@example.com', 'ada@example.com'],
    [' Ada@Example.COM ', 'ada@example.com'],
    ['Ada Lovelace <Ada@example.com>', 'ada@example.com'],
    ['"Lovelace, A. <countess>" <ada@example.com> ', 'ada@example.com'],
    ['<ada@example.com>', 'ada@example.com'],
    ['', ''],
  ])('in %j is %j', (recipient, address) => {
    expect(bareAddress(recipient)).toBe(address);
  });
});
