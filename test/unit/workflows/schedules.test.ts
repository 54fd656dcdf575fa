import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';

const WORKFLOWS = path.resolve(__dirname, '../../../workflows');

interface WorkflowFile {
  settings: { timezone?: string };
  nodes: Array<{ type: string; parameters: { rule?: { interval: object[] } } }>;
}

/** The times at which a workflow starts by itself, and in which time zone. */
function scheduleOf(file: string): { timezone: string | undefined; intervals: object[] } {
  const { settings, nodes } = JSON.parse(readFileSync(path.join(WORKFLOWS, file), 'utf8')) as WorkflowFile;
  const triggers = nodes.filter(({ type }) => type === 'n8n-nodes-base.scheduleTrigger');
  const intervals = triggers.flatMap(({ parameters }) => parameters.rule?.interval ?? []);
  return { timezone: settings.timezone, intervals };
}

describe('a workflow that runs every morning', () => {
  it.each([
    ['stripe-daily-sync.json', 8],
    ['trial-leads-sync.json', 7],
  ])('%s starts at %i:00 UTC, whatever n8n’s own time zone is', (file, hour) => {
    const { timezone, intervals } = scheduleOf(file);
    expect(timezone).toBe('UTC');
    expect(intervals).toContainEqual(expect.objectContaining({ triggerAtHour: hour }));
  });
});
