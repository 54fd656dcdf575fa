import { REPORT_PERIODS, type Tier } from '../../store';
import { markup, plain, trusted, type Content, type Html } from './html';
import { Links } from './links';
import { TIER_NAMES } from './names';
import type { ReportScope } from './report';
import { STYLES } from './styles';

/** What is answered to a browser. */
export interface Rendered {
  /** HTTP status. */
  status: number;
  contentType: string;
  /** For what is to be saved and not shown. */
  fileName?: string;
  body: string;
}

export interface PageContent {
  status?: number;
  /** Text of others may be part of it. */
  title: string;
  /** In place of the title at the top of the page, where that is more than text. */
  heading?: Content;
  /** Below the title: what is shown. */
  lead?: Content;
  /** What other pages are offered; without a scope only the overview is. */
  scope?: ReportScope | undefined;
  /** The same page for other periods and tiers. */
  sameFor?: ((links: Links) => string) | undefined;
  /** Parts of the page to jump to. */
  sections?: ReadonlyArray<{ id: string; title: string }>;
  body: Content;
}

/**
 * n8n replaces the header of the same name by its own, hence here. Nothing is loaded, no script runs, and forms go back
 * to where the page came from.
 */
const HEAD = trusted(`<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex, nofollow">
<style>
${STYLES}</style>`);

export function page({
  status = 200,
  title,
  heading,
  lead,
  scope,
  sameFor,
  sections = [],
  body,
}: PageContent): Rendered {
  const home = scope === undefined ? '?' : new Links(scope).overview();
  const content = markup`<!DOCTYPE html>
<html lang="en">
<head>
<title>${plain(title)} · Lifecycle</title>
${HEAD}
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<header>
<div class="top"><a class="brand" href="${home}">Lifecycle dashboard</a>
${scope !== undefined && search(scope)}</div>
${scope !== undefined && sameFor !== undefined && chooser(scope, sameFor)}</header>
<main id="content" tabindex="-1">
<div class="heading"><h1>${heading ?? title}</h1>
${lead !== undefined && markup`<p>${lead}</p>\n`}</div>
${sections.length > 0 && sectionLinks(sections)}${body}</main>
</body>
</html>
`;
  return { status, contentType: 'text/html; charset=utf-8', body: content.markup };
}

function search({ period, tier }: ReportScope): Html {
  const tierField = tier !== null && markup`<input type="hidden" name="tier" value="${tier}">`;
  return markup`<form class="search" action="?" role="search"><input type="hidden" name="list" value="customers"><input type="hidden" name="period" value="${period.days}">${tierField}
<input type="search" name="q" aria-label="Beginning of a customer’s e-mail address" placeholder="Customer’s e-mail …"> <button>Find</button></form>
`;
}

function chooser(scope: ReportScope, sameFor: (links: Links) => string): Html {
  const periods = REPORT_PERIODS.map((days) => ({
    name: days === 1 ? 'Today' : days === 365 ? '1 year' : `${days} days`,
    href: sameFor(new Links({ ...scope, period: { ...scope.period, days } })),
    isCurrent: days === scope.period.days,
  }));
  const tiers: Array<[Tier | null, string]> = [
    [null, 'All tiers'],
    ['free', TIER_NAMES.free],
    ['pro', TIER_NAMES.pro],
    ['enterprise', TIER_NAMES.enterprise],
  ];
  return markup`<div class="chooser">
${choices('Period', periods)}${choices(
    'Tier',
    tiers.map(([tier, name]) => ({
      name,
      href: sameFor(new Links({ ...scope, tier })),
      isCurrent: tier === scope.tier,
    })),
  )}</div>
`;
}

function choices(
  label: string,
  all: ReadonlyArray<{ name: string; href: string; isCurrent: boolean }>,
): Html {
  return markup`<nav aria-label="${label}"><ul>${all.map(
    ({ name, href, isCurrent }) =>
      markup`<li><a href="${href}"${isCurrent && markup` aria-current="page"`}>${name}</a></li>`,
  )}</ul></nav>
`;
}

function sectionLinks(sections: ReadonlyArray<{ id: string; title: string }>): Html {
  return markup`<nav class="sections" aria-label="Sections"><ul>${sections.map(
    ({ id, title }) => markup`<li><a href="#${id}">${title}</a></li>`,
  )}</ul></nav>
`;
}
