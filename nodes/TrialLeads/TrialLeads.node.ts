import {
  NodeConnectionTypes,
  type IExecuteFunctions,
  type INodeExecutionData,
  type INodeType,
  type INodeTypeDescription,
} from 'n8n-workflow';
import { asError } from '../../services/http';
import { highestId, rowsAfter, TrialsDatabaseError } from '../../services/trial-leads';
import { operationError } from '../shared/operation-error';
import { storeOf } from '../shared/store';
import { explainStoreError, testStoreConnection } from '../shared/test-store-connection';
import { getColumns, getOptionalColumns, getTables } from './load-options';
import { properties, settingsOf } from './settings';
import { summaryOf } from './summary';
import { syncTrials } from './sync-trials';
import { testTrialsDatabase } from './trials-database';

export class TrialLeads implements INodeType {
  description: INodeTypeDescription = {
    displayName: 'Trial Leads',
    name: 'trialLeads',
    icon: { light: 'file:trialLeads.svg', dark: 'file:trialLeads.dark.svg' },
    group: ['transform'],
    version: 1,
    subtitle: '={{ $parameter["table"] }}',
    description: 'Stores the new rows of a trials database as events, each once',
    defaults: { name: 'Trial Leads' },
    usableAsTool: true,
    inputs: [NodeConnectionTypes.Main],
    outputs: [NodeConnectionTypes.Main],
    credentials: [
      { name: 'lifecycleStoreApi', required: true, testedBy: 'testStoreConnection' },
      { name: 'lifecycleTrialsDatabaseApi', required: true, testedBy: 'testTrialsDatabase' },
    ],
    properties,
  };

  methods = {
    credentialTest: { testStoreConnection, testTrialsDatabase },
    loadOptions: { getTables, getColumns, getOptionalColumns },
  };

  /** Once a run, whatever number of items starts it. */
  async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
    try {
      const settings = await settingsOf(this);
      const { source } = settings;
      const reader = {
        rowsAfter: (after: string, limit: number) => rowsAfter(source, after, limit),
        highestId: () => highestId(source),
      };
      const synced = await syncTrials(await storeOf(this), reader, settings);
      return [[{ json: { ...synced, summary: summaryOf(synced) }, pairedItem: { item: 0 } }]];
    } catch (error) {
      throw operationError(this.getNode(), messageOf(error));
    }
  }
}

/** What else than the database has a code comes from PostgreSQL. */
function messageOf(error: unknown): string {
  const hasCode = typeof error === 'object' && error !== null && 'code' in error;
  if (error instanceof TrialsDatabaseError || !hasCode) return asError(error).message;
  return `The lifecycle store is out of reach. ${explainStoreError(error)}`;
}
