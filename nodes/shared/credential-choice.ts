import type { ICredentialsDisplayOptions, INodeProperties } from 'n8n-workflow';

/**
 * Shows a credential for some values of a parameter only. It does so by what hides it: once every value of a parameter
 * shows a credential, n8n's editor takes the parameter for the way to sign in, hides it, and lists the wrong
 * credentials for those that depend on nothing.
 *
 * @param parameter name of the parameter
 * @param value the one, or those, that the credential is for
 * @param values all values of the parameter
 */
export function shownOnlyFor<Value extends string>(
  parameter: string,
  value: Value | readonly Value[],
  values: readonly Value[],
): ICredentialsDisplayOptions {
  return { hide: { [parameter]: values.filter((other) => ![value].flat().includes(other)) } };
}

/** Where among the parameters the credentials are; without it, above all others. */
export const credentialsHere: INodeProperties = {
  displayName: 'Credential',
  name: 'credentials',
  type: 'credentials',
  default: '',
};
