/**
 * The settings that say how a workflow runs, in the order of the file, with the value that stands for n8n's own
 * default. Others are about one installation (exposure to MCP, time saved, redaction) and are left to it.
 */
const DEFAULTS = {
  timezone: 'DEFAULT',
  errorWorkflow: 'DEFAULT',
  executionOrder: undefined,
  executionTimeout: -1,
  saveDataErrorExecution: 'DEFAULT',
  saveDataSuccessExecution: 'DEFAULT',
  saveManualExecutions: 'DEFAULT',
  saveExecutionProgress: 'DEFAULT',
  callerPolicy: 'workflowsFromSameOwner',
  callerIds: '',
} as const;

/** The settings that matter and differ from n8n's defaults. */
export function canonicalSettings(settings: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(DEFAULTS).flatMap(([name, byDefault]) => {
      const value = settings[name];
      return value === undefined || value === null || value === byDefault ? [] : [[name, value]];
    }),
  );
}

/**
 * Settings as they are sent. n8n merges what it gets into what it has, so that one which is not in the file has to be
 * put back to its default by name.
 */
export function settingsToSend(
  settings: Record<string, unknown>,
  stored: Record<string, unknown>,
): Record<string, unknown> {
  const superfluous = Object.keys(canonicalSettings(stored)).filter((name) => !(name in settings));
  const resets = Object.entries(DEFAULTS).filter(([name]) => superfluous.includes(name));
  return { ...settings, ...Object.fromEntries(resets) };
}
