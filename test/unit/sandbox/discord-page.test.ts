import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  APPLICATION_ID,
  MEMBER_IDS,
  STAFF_IDS,
  SUPPORT_ID,
  SUPPORT_STAFF_ID,
} from '../../../sandbox/discord/fresh-state';
import { buttonRow, discordUnderTest, type DiscordUnderTest } from '../../support/discord';

let under: DiscordUnderTest;
beforeEach(async () => {
  under = await discordUnderTest();
});

const pageOf = (member: string, channel = SUPPORT_ID): string =>
  String(under.discord.page(`as/${member}/${channel}`)?.body);
const posts = (html: string): string => /<ol id="posts">(.*?)<\/ol>/s.exec(html)?.[1] ?? '';

describe('the server’s page', () => {
  it('shows each member the channels and messages that are for them', async () => {
    await under.post(SUPPORT_STAFF_ID, { content: 'For the staff' });
    expect(pageOf(STAFF_IDS.nora, SUPPORT_STAFF_ID)).toContain('For the staff');
    const html = pageOf(MEMBER_IDS.mira, SUPPORT_STAFF_ID);
    expect(html).not.toContain('For the staff');
    expect(html).not.toContain('support-staff');
    expect(html).toContain('# vip-lounge · private');
    expect(under.discord.page('as/999')).toBeUndefined();
    expect(under.discord.page('elsewhere')).toBeUndefined();
  });

  it('lets nothing that anybody wrote become HTML or a script', async () => {
    const evil = '<img src=x onerror=alert(1)> "\'&';
    await under.act('join', { name: evil, displayName: evil.slice(0, 32) });
    await under.act('write', {
      member: evil,
      channel: 'support',
      content: evil,
      files: [{ name: evil, text: 'x' }],
    });
    await under.post(SUPPORT_ID, {
      embeds: [{ title: evil, description: evil }],
      components: [buttonRow(evil, evil)],
    });
    const page = under.discord.page(`as/${MEMBER_IDS.mira}/${SUPPORT_ID}`);
    expect(String(page?.body)).not.toContain('<img');
    expect(page?.headers?.['content-security-policy']).toContain("default-src 'none'");
    expect(under.discord.render()).not.toContain('<img');
  });

  it('shows what stands behind a backslash as it is, and times as such', async () => {
    const text = String.raw`a\@b.example \*\*not bold\*\* \<@${STAFF_IDS.nora}\> \<img\> <t:1795995155:D>`;
    await under.act('write', { member: 'mira', channel: 'support', content: text });
    const html = posts(pageOf(MEMBER_IDS.mira));
    expect(html).toContain(`a@b.example **not bold** &lt;@${STAFF_IDS.nora}&gt; &lt;img&gt; <time`);
    expect(html).toContain('2026-11-29 23:32 UTC</time>');
  });

  it('shows replies, forms and failures to whom they belong', async () => {
    await under.post(SUPPORT_ID, { content: 'x', components: [buttonRow('ticket:new')] });
    await under.act('click', { member: 'mira', customId: 'ticket:new' });
    expect(posts(pageOf(MEMBER_IDS.mira))).toContain('is thinking');
    const path = `/webhooks/${APPLICATION_ID}/${under.interactions[0]?.token}/messages/@original`;
    await under.call('PATCH', path, { content: `Ask <@${STAFF_IDS.nora}>` });
    expect(posts(pageOf(MEMBER_IDS.mira))).toContain('@Nora (support)');
    expect(posts(pageOf(MEMBER_IDS.mira))).toContain('Only you can see this');
    expect(posts(pageOf(MEMBER_IDS.jonas))).not.toContain('Only you can see this');

    under.reply = () => ({
      type: 9,
      data: {
        custom_id: 'form',
        title: 'Your ticket',
        components: [
          {
            type: 18,
            label: 'Subject',
            component: { type: 4, custom_id: 'subject', style: 1, max_length: 9 },
          },
        ],
      },
    });
    await under.act('click', { member: 'mira', customId: 'ticket:new' });
    expect(pageOf(MEMBER_IDS.mira)).toContain('name="subject" required maxlength="9"');
    expect(pageOf(MEMBER_IDS.jonas)).not.toContain('name="subject"');

    under.reply = () => ({ status: 500, body: '' });
    await under.act('click', { member: 'jonas', customId: 'ticket:new' });
    expect(posts(pageOf(MEMBER_IDS.jonas))).toContain('This interaction failed');
    expect(posts(pageOf(MEMBER_IDS.mira))).not.toContain('This interaction failed');
  });
});
