import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

/**
 * Takes the password out of a request that n8n's Webhook node has let in: it hands the headers on as they came, and n8n keeps
 * them with the data of a run that fails. The items are changed in place, since those of the Webhook node are the same.
 */
export function forgetPassword(context: IExecuteFunctions): void {
  for (const { json } of context.getInputData()) {
    const headers = json.headers as IDataObject | undefined;
    if (typeof headers !== 'object') continue;
    delete headers.authorization;
    delete headers['x-auth-token'];
  }
}
