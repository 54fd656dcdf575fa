import { markup, theirs } from './html';
import { page, type Rendered } from './page';
import type { NotFoundReport } from './report';

export function notFoundPage({ message }: NotFoundReport): Rendered {
  return page({
    status: 404,
    title: 'Not found',
    body: markup`<div class="card"><p>${theirs(message)}</p>
<p class="actions"><a class="button" href="?">To the dashboard</a></p></div>
`,
  });
}
