import {
  NodeConnectionTypes,
  type IDataObject,
  type IExecuteFunctions,
  type INodeExecutionData,
  type INodeType,
  type INodeTypeDescription,
} from 'n8n-workflow';
import { z } from 'zod/v4';
import { objectIn } from '../shared/object-in';
import { operationError } from '../shared/operation-error';
import { processEach, type ItemResult } from '../shared/process-items';
import { renderReport } from './render';
import { REPORT_KINDS, type Report } from './report';

const SERVICE = 'Lifecycle Dashboard';

export class LifecycleDashboard implements INodeType {
  description: INodeTypeDescription = {
    displayName: 'Lifecycle Dashboard',
    name: 'lifecycleDashboard',
    icon: { light: 'file:lifecycleDashboard.svg', dark: 'file:lifecycleDashboard.dark.svg' },
    group: ['transform'],
    version: 1,
    subtitle: 'make page',
    description: 'Make a page or a table of a report of the Lifecycle Store, to answer a browser with',
    defaults: { name: 'Lifecycle Dashboard' },
    usableAsTool: true,
    inputs: [NodeConnectionTypes.Main],
    outputs: [NodeConnectionTypes.Main],
    properties: [
      {
        displayName: 'Report',
        name: 'report',
        type: 'json',
        required: true,
        default: '={{ $json.report }}',
        description: 'What the Lifecycle Store, Report, gives',
      },
      {
        displayName: 'Format',
        name: 'format',
        type: 'options',
        default: 'html',
        options: [
          { name: 'CSV', value: 'csv', description: 'A table, to be opened in a spreadsheet' },
          { name: 'HTML', value: 'html', description: 'A page, to be shown by a browser' },
        ],
        description: 'What is made of it',
      },
      {
        displayName: 'Table',
        name: 'table',
        type: 'string',
        default: '',
        placeholder: 'e.g. journey',
        displayOptions: { show: { format: ['csv'] } },
        description: 'Which table of the overview; other reports have one only',
      },
    ],
  };

  async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
    return await processEach(this, { service: SERVICE }, (index) => answerTo(this, index));
  }
}

const kindSchema = z.object({ kind: z.enum(REPORT_KINDS) });
/** What else is in it is what the Lifecycle Store gives. */
const reportSchema = z.custom<Report>((value) => kindSchema.safeParse(value).success);

/** What is answered to a browser. */
async function answerTo(context: IExecuteFunctions, index: number): Promise<ItemResult> {
  const report = reportSchema.safeParse(objectIn(context.getNodeParameter('report', index, '')));
  if (!report.success) {
    throw operationError(context.getNode(), whyMissing(context, index), { itemIndex: index });
  }
  const format = context.getNodeParameter('format', index) === 'csv' ? 'csv' : 'html';
  const table: unknown = context.getNodeParameter('table', index, '');
  const { status, contentType, body, fileName } = await renderReport(report.data, {
    format,
    table: typeof table === 'string' ? table : undefined,
  });
  return { json: { page: { status, contentType, body, headers: headersOf(fileName) } } };
}

/** A step before that failed and was told to go on has left its reason. */
function whyMissing(context: IExecuteFunctions, index: number): string {
  const error: unknown = context.getInputData()[index]?.json.error;
  return typeof error === 'string'
    ? error
    : 'There is no report in the item. Connect this node behind a Lifecycle Store, "Report: Get", and see whether that has failed.';
}

/** What is to be saved is named; all that holds for every answer stands in the workflow. */
function headersOf(fileName: string | undefined): IDataObject {
  const disposition =
    fileName === undefined ? 'inline' : `attachment; filename="${fileName.replace(/[^\w.-]+/g, '-')}"`;
  return { 'Content-Disposition': disposition };
}
