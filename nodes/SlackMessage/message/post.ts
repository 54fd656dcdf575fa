import type { IDisplayOptions, IExecuteFunctions, INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import {
  postOnce,
  SLACK,
  type Notice,
  type NoticeEffects,
  type PostedNotice,
  type SlackClient,
} from '../../../services/slack';
import { causeOf, holderOf } from '../../shared/cause';
import { orError, requiredText } from '../../shared/parameters';
import type { ItemResult } from '../../shared/process-items';
import { whenItFails } from '../../shared/when-it-fails';

export const option: INodePropertyOptions = {
  name: 'Post',
  value: 'post',
  action: 'Post a message',
  description: 'Post to the channel of an incoming webhook',
};

const showOnlyForPost: IDisplayOptions = { show: { resource: ['message'], operation: ['post'] } };

export const description: INodeProperties[] = [
  {
    displayName: 'Text',
    name: 'text',
    type: 'string',
    typeOptions: { rows: 3 },
    required: true,
    default: '',
    placeholder: 'e.g. {{ $json.customer.name }} has signed up',
    description:
      'One line for each item; all items of a run make one message, since Slack takes one a second. *Bold* and _italic_ work; mentions do not, so that nobody can call the whole channel by their name.',
    displayOptions: showOnlyForPost,
  },
  {
    displayName: 'Cause',
    name: 'cause',
    type: 'string',
    required: true,
    default: '={{ $json.event.source }}:{{ $json.event.externalId }}',
    description:
      'What this line is for. For the same cause the node posts only once, however often the workflow runs. Preset: the event.',
    displayOptions: showOnlyForPost,
  },
  { ...whenItFails, displayOptions: showOnlyForPost },
];

/** Adds `message` to each item; all items go into one message. */
export async function execute(
  context: IExecuteFunctions,
  slack: SlackClient,
  effects: NoticeEffects,
  indexes: readonly number[],
): Promise<Array<ItemResult | Error>> {
  const notices = indexes.map((index) => orError(() => noticeOf(context, index)));
  const posted = await postOnce(
    slack,
    effects,
    notices.flatMap((notice) => (notice instanceof Error ? [] : notice)),
  );
  let next = 0;
  return notices.map((notice) => {
    if (notice instanceof Error) return notice;
    const result = posted[next++] ?? new Error('the notice was left out');
    return result instanceof Error ? result : itemOf(result);
  });
}

function noticeOf(context: IExecuteFunctions, index: number): Notice {
  return {
    key: `slack:${context.getNode().id}:${causeOf(context, index)}`,
    text: requiredText(context, 'text', 'Text', index),
    by: holderOf(context, index),
  };
}

function itemOf({ posted, reason }: PostedNotice): ItemResult {
  const action = posted ? 'message posted' : `message not posted: ${reason}`;
  return {
    json: { message: { posted, ...(reason !== undefined && { reason }) } },
    outcomes: [{ service: SLACK, action }],
  };
}
