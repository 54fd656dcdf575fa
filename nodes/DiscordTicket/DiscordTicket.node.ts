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
import { DISCORD, listMembers } from '../../services/discord';
import { DISCORD_CREDENTIAL, discordOf } from '../shared/discord';
import { processEach, type ItemResult } from '../shared/process-items';
import { storeOf } from '../shared/store';
import { testStoreConnection } from '../shared/test-store-connection';
import { searchCategories, searchChannels, searchRoles } from './locators';
import type { Operation } from './operation';
import { publish } from './panel/publish';
import { addPerson } from './ticket/add-person';
import { askForCategory } from './ticket/ask-for-category';
import { claim } from './ticket/claim';
import { close } from './ticket/close';
import { FIND_DUE_OUTPUTS, findDue, findDueOption, findDueProperties } from './ticket/find-due';
import { finish } from './ticket/finish';
import { move } from './ticket/move';
import { notifyStaff } from './ticket/notify-staff';
import { open } from './ticket/open';
import { remind } from './ticket/remind';
import { reopen } from './ticket/reopen';

const ofTicket: Readonly<Record<string, Operation>> = {
  addPerson,
  askForCategory,
  claim,
  close,
  finish,
  move,
  notifyStaff,
  open,
  remind,
  reopen,
};
const FIND_DUE = findDueOption.value;

/** Names of the outputs by operation; those that are left out have one without a name. */
const outputNames: Readonly<Record<string, readonly string[]>> = {
  [FIND_DUE]: FIND_DUE_OUTPUTS,
  ...Object.fromEntries(
    Object.entries(ofTicket).flatMap(([name, { outputs }]) => (outputs ? [[name, outputs]] : [])),
  ),
};

export class DiscordTicket implements INodeType {
  description: INodeTypeDescription = {
    displayName: 'Discord Ticket',
    name: 'discordTicket',
    icon: { light: 'file:discordTicket.svg', dark: 'file:discordTicket.dark.svg' },
    group: ['transform'],
    version: 1,
    subtitle: '={{ $parameter["operation"] + ": " + $parameter["resource"] }}',
    description:
      'Help members of a Discord server in private channels, from the first click to the transcript',
    defaults: { name: 'Discord Ticket' },
    usableAsTool: true,
    inputs: [NodeConnectionTypes.Main],
    outputs: `={{ (${JSON.stringify(outputNames)}[$parameter["operation"]] ?? [""]).map((displayName) => ({ type: "${NodeConnectionTypes.Main}", displayName })) }}`,
    credentials: [
      { name: DISCORD_CREDENTIAL, required: true },
      { name: 'lifecycleStoreApi', required: true, testedBy: 'testStoreConnection' },
    ],
    properties: [
      {
        displayName: 'Resource',
        name: 'resource',
        type: 'options',
        noDataExpression: true,
        default: 'ticket',
        options: [
          { name: 'Panel', value: 'panel' },
          { name: 'Ticket', value: 'ticket' },
        ],
      },
      {
        displayName: 'Operation',
        name: 'operation',
        type: 'options',
        noDataExpression: true,
        default: 'publish',
        displayOptions: { show: { resource: ['panel'] } },
        options: [publish.option],
      },
      {
        displayName: 'Operation',
        name: 'operation',
        type: 'options',
        noDataExpression: true,
        default: 'open',
        displayOptions: { show: { resource: ['ticket'] } },
        options: [...Object.values(ofTicket).map(({ option }) => option), findDueOption].sort((one, other) =>
          one.name.localeCompare(other.name),
        ),
      },
      ...publish.properties,
      ...Object.values(ofTicket).flatMap(({ properties }) => properties),
      ...findDueProperties,
    ],
  };

  methods = {
    credentialTest: { testStoreConnection },
    listSearch: { searchCategories, searchChannels, searchRoles },
    loadOptions: {
      /** By the name of the account, which is the same everywhere. */
      async getMembers(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
        const members = await listMembers(await discordOf(this));
        return members.map(({ name, username }) => ({ name, value: username, description: username }));
      },
    },
  };

  async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
    const name = this.getNodeParameter('operation', 0);
    if (name === FIND_DUE) return await findDue(this, await discordOf(this), await storeOf(this));
    const operation = name === publish.option.value ? publish : ofTicket[name];
    if (!operation) throw new NodeOperationError(this.getNode(), `The operation "${name}" is unknown.`);
    let prepared: Promise<(index: number) => Promise<ItemResult>> | undefined;
    return await processEach(
      this,
      { service: DISCORD, outputs: operation.outputs?.length ?? 1 },
      async (index) => (await (prepared ??= operation.prepare(this)))(index),
    );
  }
}
