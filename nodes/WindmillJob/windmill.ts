import type { IAllExecuteFunctions } from 'n8n-workflow';
import { WindmillClient } from '../../services/windmill';
import { httpRequestOf } from '../shared/http';

export const WINDMILL_CREDENTIAL = 'lifecycleWindmillApi';

/** The workspace of the credential that is chosen in the node. */
export async function windmillOf(context: IAllExecuteFunctions): Promise<WindmillClient> {
  const { url, workspace } = await context.getCredentials<{ url: string; workspace: string }>(
    WINDMILL_CREDENTIAL,
  );
  // The token is as it is; a second try after a 401 would only hide Windmill's own words.
  const request = httpRequestOf(context, WINDMILL_CREDENTIAL, { renewable: false });
  return new WindmillClient({ url, workspace, request });
}
