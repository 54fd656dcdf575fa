import { fromFunction, webhookDescriptionFields, type IWebhookDescription } from 'n8n-workflow';

/** Value of the parameter "Provider" for the drop-in. */
export const WINDMILL = 'windmill';

/**
 * Computed, so that only the drop-in has the addresses: n8n holds each path once, whichever node it is of. n8n calls
 * the function itself; what the editor evaluates is its source, in which no name from outside may stand.
 */
const { httpMethod, ...resolvers } = webhookDescriptionFields({
  httpMethod: fromFunction(({ provider }) => (provider === 'windmill' ? ['POST', 'HEAD'] : [])),
});

const RUN_SCRIPT = 'api/w/:workspace/jobs/run/p';

/**
 * The addresses that Windmill's clients post to, below the node's own: n8n tells such paths apart by their number of
 * segments. Scripts are at `f/folder/name` or `u/user/name`, or in a folder within.
 */
export const windmillAddresses: IWebhookDescription[] = [
  {
    ...resolvers,
    name: 'setup',
    httpMethod,
    responseMode: 'onReceived',
    responseData: '',
    isFullPath: true,
    path: `${RUN_SCRIPT}/:kind/:folder/:name`,
    ndvHideUrl: '={{ $parameter["provider"] !== "windmill" }}',
  },
  {
    ...resolvers,
    name: 'setup',
    httpMethod,
    responseMode: 'onReceived',
    responseData: '',
    isFullPath: true,
    path: `${RUN_SCRIPT}/:kind/:folder/:subfolder/:name`,
    ndvHideUrl: true,
  },
];

/** The script's path, out of the parts of the address that n8n has read. */
export function scriptPathOf({
  kind,
  folder,
  subfolder,
  name,
}: object & Partial<Record<string, string>>): string {
  return [kind, folder, subfolder, name].filter((part) => part !== undefined).join('/');
}
