import {
  NodeConnectionTypes,
  NodeOperationError,
  type IExecuteFunctions,
  type ILoadOptionsFunctions,
  type INodeExecutionData,
  type INodePropertyOptions,
  type INodeType,
  type INodeTypeDescription,
} from 'n8n-workflow';
import { DISCORD, listRoles } from '../../services/discord';
import { processEach, type ItemResult } from '../shared/process-items';
import { testStoreConnection } from '../shared/test-store-connection';
import { searchChannels } from './channel-locator';
import { DISCORD_CREDENTIAL, discordOf } from '../shared/discord';
import { findUsed } from './invite/find-used';
import { issue } from './invite/issue';
import { resume } from './invite/resume';
import { revoke } from './invite/revoke';
import type { Operation } from './operation';

const operations: Readonly<Record<string, Operation>> = { findUsed, issue, resume, revoke };

export class DiscordInviteIssuer implements INodeType {
  description: INodeTypeDescription = {
    displayName: 'Discord Invite Issuer',
    name: 'discordInviteIssuer',
    icon: { light: 'file:discordInviteIssuer.svg', dark: 'file:discordInviteIssuer.dark.svg' },
    group: ['transform'],
    version: 1,
    subtitle:
      '={{ $parameter["operation"] + ": " + ($parameter["channel"] || $parameter["which"] || "invite") }}',
    description:
      'Give each person an invite of their own to a Discord channel, and take it back when it is void',
    defaults: { name: 'Discord Invite Issuer' },
    usableAsTool: true,
    inputs: [NodeConnectionTypes.Main],
    outputs: `={{ $parameter["operation"] === "resume" ? ["Resume", "Nothing to do"].map((displayName) => ({ type: "${NodeConnectionTypes.Main}", displayName })) : ["${NodeConnectionTypes.Main}"] }}`,
    credentials: [
      {
        name: DISCORD_CREDENTIAL,
        required: true,
        displayOptions: { hide: { operation: ['resume'] } },
      },
      { name: 'lifecycleStoreApi', required: true, testedBy: 'testStoreConnection' },
    ],
    properties: [
      {
        displayName: 'Resource',
        name: 'resource',
        type: 'options',
        noDataExpression: true,
        default: 'invite',
        options: [{ name: 'Invite', value: 'invite' }],
      },
      {
        displayName: 'Operation',
        name: 'operation',
        type: 'options',
        noDataExpression: true,
        default: 'issue',
        displayOptions: { show: { resource: ['invite'] } },
        options: Object.values(operations).map(({ option }) => option),
      },
      ...Object.values(operations).flatMap(({ description }) => description),
    ],
  };

  methods = {
    credentialTest: { testStoreConnection },
    listSearch: { searchChannels },
    loadOptions: {
      /** By name, which is the same in every server. */
      async getRoles(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
        const roles = await listRoles(await discordOf(this));
        return roles.map(({ name }) => ({ name, value: name }));
      },
    },
  };

  async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
    const name = this.getNodeParameter('operation', 0);
    const operation = operations[name];
    if (!operation) throw new NodeOperationError(this.getNode(), `The operation "${name}" is unknown.`);
    let prepared: Promise<(index: number) => Promise<ItemResult>> | undefined;
    return await processEach(
      this,
      // The rate limiter says when a call may go. All in its queue at once, runs pass it one after the other.
      { service: DISCORD, outputs: operation === resume ? 2 : 1, concurrency: Infinity },
      async (index) => (await (prepared ??= operation.prepare(this)))(index),
    );
  }
}
