import { SOURCE_NAMES } from '../names';
import { emptyState } from '../figures';
import { markup, theirs, type Html } from '../html';
import type { Links } from '../links';
import { counted } from '../numbers';
import type { CustomerReport } from '../report';
import { clockText, dateText } from '../times';
import { deliveryHtml, reportsHtml } from './entry-details';
import { entryText, type Entry } from './entry';

/** What happened, day by day in UTC, newest first. */
export function timelineHtml({ customer, email, timeline, more }: CustomerReport, links: Links): Html {
  const days = new Map<string, Entry[]>();
  for (const entry of timeline) {
    const day = entry.at.slice(0, 10);
    days.set(day, [...(days.get(day) ?? []), entry]);
  }
  const content =
    timeline.length === 0
      ? emptyState('Nothing has happened yet.')
      : [...days].map(
          ([day, entries]) => markup`<h3>${dateText(day)}</h3>
<ol>
${entries.map((entry) => entryHtml(entry, links))}</ol>
`,
        );
  const note =
    more &&
    markup`<p class="lead">These are the newest ${counted(timeline.length)}; there are older ones.</p>\n`;
  return markup`<section class="card timeline" aria-labelledby="timeline-title">
<h2 id="timeline-title">Timeline</h2>
<p class="lead">Times in UTC.</p>
${content}${note}<p class="file"><a href="${links.customerFile(customer ?? { email })}" download>CSV<span class="unseen"> of the timeline</span></a></p>
</section>
`;
}

function entryHtml(entry: Entry, links: Links): Html {
  const { what, about } = entryText(entry);
  const source =
    entry.kind === 'event' && markup` <small>${SOURCE_NAMES[entry.source]}, <bdi>${entry.type}</bdi></small>`;
  return markup`<li class="entry ${entry.kind}"><time datetime="${entry.at}">${clockText(entry.at)}</time>
<div><p class="what">${theirs(what)}${source}</p>
${entry.kind !== 'event' && markup`<p class="about">${theirs(about)}</p>\n`}${detailsOf(entry, links)}</div></li>
`;
}

function detailsOf(entry: Entry, links: Links): Html | false {
  if (entry.kind === 'mail') return reportsHtml(entry.reports);
  if (entry.kind !== 'event') return false;
  return entry.deliveries.length === 0
    ? markup`<p class="about"><small>No workflow works on this.</small></p>\n`
    : markup`<div>${entry.deliveries.map((delivery) => deliveryHtml(delivery, links))}</div>\n`;
}
