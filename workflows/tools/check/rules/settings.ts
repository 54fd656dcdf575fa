import { ERROR_TRIGGER } from '../../workflow';
import type { Rule, Subject } from '../subject';

export const isInUtc: Rule = ({ workflow }) =>
  workflow.settings?.timezone === 'UTC'
    ? []
    : [
        {
          reason: 'its time zone is not UTC, so that it runs at other times in another installation',
          advice: 'Set settings.timezone to "UTC".',
        },
      ];

export const hasErrorWorkflow: Rule = (subject, all) => {
  if (isErrorWorkflow(subject)) return [];
  const id = subject.workflow.settings?.errorWorkflow;
  if (typeof id !== 'string') {
    return [{ reason: 'nobody hears of its failures', advice: 'Set settings.errorWorkflow to "on-error".' }];
  }
  const target = all.find(({ workflow }) => workflow.id === id);
  if (!target || !isErrorWorkflow(target)) {
    return [
      {
        reason: `its error workflow "${id}" is ${target ? 'not one that starts with an Error Trigger' : 'not among the files'}`,
        advice: 'Set settings.errorWorkflow to the id of an error workflow.',
      },
    ];
  }
  return target.workflow.active
    ? []
    : [
        {
          reason: `its error workflow "${id}" is not active, and n8n runs only published ones`,
          advice: `Set "active" to true in ${target.file}.`,
        },
      ];
};

function isErrorWorkflow({ nodes }: Subject): boolean {
  return nodes.some(({ type, disabled }) => type === ERROR_TRIGGER && !disabled);
}
