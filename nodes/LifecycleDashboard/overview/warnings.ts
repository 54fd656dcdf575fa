import { markup, theirs, type Html } from '../html';
import { countOf, percent } from '../numbers';
import type { OverviewReport } from '../report';
import { age, secondsBetween } from '../times';
import { NEARLY_USED_UP } from './machine-tables';

/** An event that nobody has taken for so long waits for something that does not come by itself. */
const TOO_LONG_SECONDS = 15 * 60;

interface Warning {
  tone: 'bad' | 'warn';
  content: Html;
}

/** What somebody has to look after, before anything else. */
export function warningsHtml(report: OverviewReport): Html {
  const warnings = [...deadOnes(report), ...waitingOnes(report), ...failedSyncs(report), ...limits(report)];
  if (warnings.length === 0) return markup``;
  return markup`<ul class="notices" aria-label="What needs somebody">
${warnings.map(({ tone, content }) => markup`<li class="${tone}">${content} <a href="#machine">See Machine</a></li>\n`)}</ul>
`;
}

function deadOnes({ machine }: OverviewReport): Warning[] {
  const dead = machine.handlers.reduce((sum, handler) => sum + handler.dead, 0);
  if (dead === 0) return [];
  const [are, them] = dead === 1 ? ['is', 'it'] : ['are', 'them'];
  return [
    {
      tone: 'bad',
      content: markup`${countOf(dead, 'event')} ${are} dead: given up until somebody has ${them} tried again.`,
    },
  ];
}

function waitingOnes({ machine, scope }: OverviewReport): Warning[] {
  const now = scope.period.until;
  return machine.handlers.flatMap(({ name, published, waiting, oldestWaitingAt }): Warning[] => {
    if (waiting === 0 || oldestWaitingAt === null) return [];
    if (secondsBetween(oldestWaitingAt, now) < TOO_LONG_SECONDS) return [];
    const events = `${countOf(waiting, 'event')} ${waiting === 1 ? 'waits' : 'wait'}`;
    const why = published ? '' : ', which is not published';
    return [
      {
        tone: 'warn',
        content: markup`${events} for ${theirs(name)}${why}, the oldest for ${age(oldestWaitingAt, now)}.`,
      },
    ];
  });
}

function failedSyncs({ machine }: OverviewReport): Warning[] {
  return machine.syncs
    .filter(({ state }) => state === 'failed')
    .map(({ name }) => ({ tone: 'bad', content: markup`The last run of the sync ${theirs(name)} failed.` }));
}

function limits({ machine }: OverviewReport): Warning[] {
  return machine.limits.flatMap(({ service, limit, used, of }): Warning[] =>
    of !== null && of > 0 && used / of >= NEARLY_USED_UP
      ? [
          {
            tone: 'warn',
            content: markup`${theirs(service)}, ${theirs(limit)}: ${percent(used / of)} of what is allowed is used.`,
          },
        ]
      : [],
  );
}
