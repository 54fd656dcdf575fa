import { markup } from './html';
import { countOf } from './numbers';
import { page, type Rendered } from './page';
import type { ReplayedReport, ReplayReport } from './report';

/** Nothing is tried again before somebody has said so here. */
export function replayPage({ question, deliveries, token, fields, refused }: ReplayReport): Rendered {
  const hidden = Object.entries({ ...fields, token }).map(
    ([name, value]) => markup`<input type="hidden" name="${name}" value="${value}">\n`,
  );
  const form =
    deliveries === 0
      ? markup`<p>There is nothing to try again: somebody has seen to it already.</p>
<p class="actions"><a class="button" href="?#machine">Back</a></p>`
      : markup`<p><bdi>${question}</bdi></p>
<p class="lead">What the steps have done already is found done; nobody gets the same mail, coupon or invite twice.</p>
<form method="post" action="?">
${hidden}<p class="actions"><button class="first">Try ${countOf(deliveries, 'event')} again</button> <a class="button" href="?#machine">Cancel</a></p>
</form>`;
  const notice =
    refused &&
    markup`<p class="notice" role="alert">Nothing was changed: the question was asked more than an hour ago, or not by this page. Please answer it here.</p>\n`;
  return page({
    status: refused ? 403 : 200,
    title: 'Try again?',
    body: markup`<div class="card">${notice}${form}</div>\n`,
  });
}

export function replayedPage({ deliveries }: ReplayedReport): Rendered {
  const notice =
    deliveries === 0
      ? markup`<p class="notice" role="status">Nothing was changed: there was nothing left to try again.</p>`
      : markup`<p class="notice good" role="status">${countOf(deliveries, 'event')} will be tried again, at once when the workflow is published.</p>`;
  return page({
    title: deliveries === 0 ? 'Nothing to try again' : 'On its way',
    body: markup`<div class="card">${notice}
<p class="actions"><a class="button" href="?#machine">Back to the dashboard</a></p></div>
`,
  });
}
