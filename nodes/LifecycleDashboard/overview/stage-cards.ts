import { STAGES, STAGES_AHEAD } from '../../../store';
import { badgeHtml, linked } from '../cells';
import { markup, NOTHING, theirs, type Content, type Html } from '../html';
import type { Links } from '../links';
import { STAGE_NAMES } from '../names';
import { counted, duration, percent } from '../numbers';
import type { JourneyReport, StageReport } from '../report';

/** The stages side by side in the order of the journey. */
export function stageCards({ stages, total }: JourneyReport, links: Links): Html {
  return markup`<ol class="stages">
${stages.map((stage) => card(stage, total, links))}</ol>
`;
}

function card(report: StageReport, total: number, links: Links): Html {
  const { stage, customers, entered, left, medianHours, automation } = report;
  const behind = (how: string): string => links.list('stage-changes', { stage, how });
  const ofAll = total > 0 ? markup`<small>${percent(customers / total)} of all</small>` : '';
  const median = medianHours === null ? NOTHING : duration(medianHours * 3_600);
  return markup`<li class="s${STAGES.indexOf(stage) + 1}"><h3>${STAGE_NAMES[stage]}</h3>
<p><span class="there">${figure(customers, links.list('customers', { stage }))}</span> ${ofAll}</p>
<dl><div class="half"><dt>In</dt><dd>${figure(entered, behind('entered'))}</dd></div><div class="half"><dt>Out</dt><dd>${figure(left, behind('left'))}</dd></div>
<div><dt>Moved on</dt><dd>${conversion(report, behind('movedOn'))}</dd></div>
<div><dt>Median time here</dt><dd>${median}</dd></div></dl>
${automationOf(automation)}</li>
`;
}

function conversion({ stage, movedOn, entered }: StageReport, href: string): Content {
  if (entered <= 0 || STAGES_AHEAD[stage].length === 0) return NOTHING;
  const share = percent(movedOn / entered);
  return markup`${linked(share, movedOn > 0 ? href : undefined)} <small>of ${counted(entered)}</small>`;
}

function automationOf(automation: StageReport['automation']): Html {
  if (automation.length === 0) return markup`<p><small>Nothing automated</small></p>`;
  const live = automation.filter(({ published }) => published).length;
  const names = automation.map(
    ({ name, published, kind }) =>
      markup`<li>${theirs(name)} ${published ? markup`<small>${kind}</small>` : badgeHtml('not published', 'warn')}</li>`,
  );
  return markup`<details><summary>${counted(live)} of ${counted(automation.length)} automated</summary>
<ul>${names}</ul></details>`;
}

function figure(value: number, href: string): Content {
  return linked(counted(value), value > 0 ? href : undefined);
}
