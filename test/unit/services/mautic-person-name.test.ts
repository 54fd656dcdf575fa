import { describe, expect, it } from '@jest/globals';
import { splitName } from '../../../services/mautic';

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
    ['Eve <script>', 'Eve', 'script'],
    ['👩‍🚀', '👩‍🚀', ''],
  ])('%p', (name, firstname, lastname) => {
    expect(splitName(name)).toEqual({ firstname, lastname });
  });

  it.each([undefined, null, '', '   ', '<>'])('makes nothing up for %p', (name) => {
    expect(splitName(name)).toBeUndefined();
  });

  it('cuts what Mautic would refuse, by whole characters', () => {
    const name = splitName(`${'😀'.repeat(80)} ${'é'.repeat(80)}`);
    expect(name).toEqual({ firstname: '😀'.repeat(64), lastname: 'é'.repeat(64) });
  });
});
