import { createServer } from 'node:http';
import { once } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { installFingerprint } from '../../../stack/install';
import { claimPort, freePort } from '../../../stack/ports';
import { tell } from '../../../stack/story';
import { formatDuration } from '../../../stack/terminal';
import { splitArguments } from '../../run-arguments';

describe('formatDuration', () => {
  it.each([
    [0, '0.0 s'],
    [432, '0.4 s'],
    [949, '0.9 s'],
    [950, '1 s'],
    [59_499, '59 s'],
    [59_600, '1 min 00 s'],
    [185_000, '3 min 05 s'],
  ])('shows %i ms as %s', (milliseconds, text) => {
    expect(formatDuration(milliseconds)).toBe(text);
  });
});

describe('installFingerprint', () => {
  const fingerprint = installFingerprint(['package', 'lock'], 'linux-x64');

  it.each([
    ['another lock file', ['package', 'lock 2'], 'linux-x64'],
    ['another platform', ['package', 'lock'], 'linux-arm64'],
    ['text that has moved from one file to the next', ['packagelock', ''], 'linux-x64'],
  ])('changes with %s', (_what, files, platform) => {
    expect(installFingerprint(files, platform)).not.toBe(fingerprint);
  });

  it('stays the same otherwise', () => {
    expect(installFingerprint(['package', 'lock'], 'linux-x64')).toBe(fingerprint);
  });
});

describe('claimPort', () => {
  it('gives the port that was asked for', async () => {
    const port = await freePort();
    await expect(claimPort(port, 'n8n', 'N8N_PORT')).resolves.toBe(port);
  });

  it('finds a free one for 0', async () => {
    await expect(claimPort(0, 'n8n', 'N8N_PORT')).resolves.toBeGreaterThan(0);
  });

  it('says whose port is taken and how to change it', async () => {
    const port = await freePort();
    const server = createServer().listen(port, '127.0.0.1');
    await once(server, 'listening');
    try {
      await expect(claimPort(port, 'the sandbox', 'SANDBOX_PORT')).rejects.toThrow(
        `Port ${port}, meant for the sandbox, is already in use. Stop what listens there, or set SANDBOX_PORT to another port.`,
      );
    } finally {
      server.close();
    }
  });
});

describe('tell', () => {
  it('tells the audit trail in order, in milliseconds since the purchase', () => {
    const delivery = {
      event: { receivedAt: new Date('2026-01-01T00:00:00.040Z') },
      outcomes: [
        { service: 'Shopware', action: 'promo code created', id: 'abc', at: '2026-01-01T00:00:00.300Z' },
        { service: 'Mautic', action: 'contact updated', id: '7', at: '2026-01-01T00:00:00.500Z' },
      ],
    };
    const purchasedAt = Date.parse('2026-01-01T00:00:00Z');
    expect(tell(delivery, purchasedAt, new Map([['abc', 'VIP-7K3M']]))).toEqual([
      { after: 40, text: 'n8n: webhook accepted' },
      { after: 300, text: 'Shopware: promo code created (VIP-7K3M)' },
      { after: 500, text: 'Mautic: contact updated' },
    ]);
  });
});

describe('splitArguments', () => {
  it.each([
    [[], undefined, []],
    [['-t', 'burst'], undefined, ['-t', 'burst']],
    [['--selectProjects', 'unit'], ['unit'], []],
    [
      ['test/unit', '--selectProjects', 'unit', 'e2e', '-t', 'x'],
      ['unit', 'e2e'],
      ['test/unit', '-t', 'x'],
    ],
  ])('takes the projects out of %j', (args, projects, rest) => {
    expect(splitArguments(args)).toEqual({ projects, rest });
  });
});
