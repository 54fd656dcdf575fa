import { readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { INodeProperties } from 'n8n-workflow';
import { LAYOUT } from '../../../nodes/MauticSetup/email/layout';
import { MauticAudience } from '../../../nodes/MauticAudience/MauticAudience.node';
import { MauticContactGuard } from '../../../nodes/MauticContactGuard/MauticContactGuard.node';
import { MauticEmailSend } from '../../../nodes/MauticEmailSend/MauticEmailSend.node';
import { MauticDouble } from '../../../sandbox/mautic';
import { readSetup } from '../../../sandbox/mautic/setup-file';
import { doubleContext } from '../../support/double-client';
import { nodesOf, type NodeInFile } from '../../support/mautic-setup';

const WORKFLOWS = path.resolve(__dirname, '../../../workflows');
const NODE_TYPES = [new MauticAudience(), new MauticContactGuard(), new MauticEmailSend()];
/** Where a drop-down of the contact's fields gets its entries from. */
const FIELD_LISTS = /^get\w*Fields$/;

interface Names {
  fields: Set<string>;
  segments: Set<string>;
  emails: Set<string>;
  campaigns: Set<string>;
}

/** Everything in Mautic that a node names, by what it is; of an expression the names in quotes. */
function namesOf({ type, parameters }: NodeInFile, names: Names): void {
  const node = NODE_TYPES.find(({ description }) => type.endsWith(`.${description.name}`));
  for (const property of node?.description.properties ?? []) {
    for (const { role, value } of namesIn(property, parameters[property.name] ?? property.default)) {
      names[role].add(value);
    }
  }
}

function namesIn(property: INodeProperties, value: unknown): { role: keyof Names; value: string }[] {
  if (property.type === 'fixedCollection') {
    const groups = Object.entries(Object(value)).filter(([, rows]) => Array.isArray(rows));
    return groups.flatMap(([group, rows]) => {
      const option = property.options?.find(({ name }) => name === group);
      const inner = option && 'values' in option ? option.values : [];
      return (rows as object[]).flatMap((row) =>
        inner.flatMap((each) => namesIn(each, Object(row)[each.name] ?? '')),
      );
    });
  }
  const role = roleOf(property);
  if (role === undefined) return [];
  const text = String(typeof value === 'object' && value !== null ? Object(value).value : value);
  const found = text.startsWith('=')
    ? [...text.matchAll(/'([^']*[A-Z][^']*)'/g)].map(([, name]) => name)
    : [text];
  return found.flatMap((name) => (name === undefined || name === '' ? [] : { role, value: name }));
}

function roleOf({ name, typeOptions }: INodeProperties): keyof Names | undefined {
  if (FIELD_LISTS.test(typeOptions?.loadOptionsMethod ?? '')) return 'fields';
  if (name === 'segment') return 'segments';
  if (name === 'campaign') return 'campaigns';
  return name === 'emailTemplate' ? 'emails' : undefined;
}

const used: Names = { fields: new Set(), segments: new Set(), emails: new Set(), campaigns: new Set() };
for (const file of readdirSync(WORKFLOWS).filter((name) => name.endsWith('.json'))) {
  for (const node of nodesOf(file)) namesOf(node, used);
}

const sorted = (names: Iterable<string>): string[] => [...names].sort();
const missing = (names: Iterable<string>, from: readonly string[]) =>
  sorted(names).filter((name) => !from.includes(name));

const setup = readSetup();

describe('what the workflows name in Mautic', () => {
  it('is found by this test', () => {
    expect(sorted(used.fields)).toEqual(
      expect.arrayContaining(['vip_status', 'opt_in_confirmed', 'subscription_tier', 'lifetime_value']),
    );
    expect(sorted(used.segments)).toEqual(expect.arrayContaining(['churned', 'new-users', 'pro-tier']));
    expect(sorted(used.campaigns)).toEqual(expect.arrayContaining(['Pro onboarding', 'Welcome', 'Win-back']));
    expect(sorted(used.emails)).toEqual(['Basic Discord invite', 'VIP Discord invite', 'VIP coupon']);
  });

  it('is created by the workflow mautic-setup', () => {
    expect({
      fields: missing(
        used.fields,
        setup.fields.map(({ alias }) => alias),
      ),
      segments: missing(
        used.segments,
        setup.segments.map(({ alias }) => alias),
      ),
      emails: missing(
        used.emails,
        setup.emails.map(({ name }) => name),
      ),
      campaigns: missing(
        used.campaigns,
        setup.campaigns.map(({ name }) => name),
      ),
    }).toEqual({ fields: [], segments: [], emails: [], campaigns: [] });
  });

  it('is in the sandbox from the start', () => {
    const { fields, segments, emails, campaigns } = Object(
      new MauticDouble(doubleContext('http://127.0.0.1:5690/mautic')).state(),
    );
    const names = (rows: { name: string }[]) => rows.map(({ name }) => name);
    const aliases = (rows: { alias: string }[]) => rows.map(({ alias }) => alias);
    expect({
      fields: missing(used.fields, aliases(fields)),
      segments: missing(used.segments, aliases(segments)),
      emails: missing(used.emails, names(emails)),
      campaigns: missing(used.campaigns, names(campaigns)),
    }).toEqual({ fields: [], segments: [], emails: [], campaigns: [] });
  });
});

describe('the e-mails that are set up', () => {
  const campaigns = setup.campaigns.map(({ name, emails }) => [name, emails.email.length]);

  it('make five, four, four, three and three for the campaigns, each sent by one of them', () => {
    expect(campaigns).toEqual([
      ['Welcome', 5],
      ['Pro onboarding', 4],
      ['Enterprise walkthrough', 4],
      ['Retention', 3],
      ['Win-back', 3],
    ]);
    const sent = setup.campaigns.flatMap(({ emails }) => emails.email.map(({ email }) => email));
    const all = setup.emails.map(({ name }) => name);
    expect(sorted([...sent, ...used.emails])).toEqual(sorted(all));
  });

  it.each(setup.emails.map((email) => [email.name, email] as const))(
    '%s: a short subject, a greeting by name, one button',
    (_name, { subject, preheader, body }) => {
      expect(subject.length).toBeLessThanOrEqual(60);
      expect(preheader.length).toBeGreaterThan(20);
      expect(preheader.length).toBeLessThanOrEqual(130);
      expect(body).toMatch(/^<p>Hi \{contactfield=firstname\|there\},<\/p>/);
      expect(body.match(/class="button"/g)).toHaveLength(1);
      expect(body).not.toMatch(/lorem|https?:/i);
      const words = body.replace(/<[^>]*>/g, ' ').split(/\s+/).length;
      expect(words).toBeLessThan(160);
      for (const [, alias] of body.matchAll(/\{contactfield=(\w+)/g)) {
        expect(['firstname', ...setup.fields.map((field) => field.alias)]).toContain(alias);
      }
    },
  );

  it('stand in a layout that can be unsubscribed from, in light and in dark', () => {
    expect(LAYOUT).toContain('{unsubscribe_text}');
    expect(LAYOUT).toContain('{webview_text}');
    expect(LAYOUT).toContain('prefers-color-scheme: dark');
    expect(LAYOUT).toMatch(/^[\n -~]*$/);
    expect(LAYOUT).not.toMatch(/src=|url\(/);
  });
});
