import { afterEach, expect, it } from '@jest/globals';
import { validateLog } from '../contract/contract';
import { useCampaign } from '../support/campaign';
import { useEditorApi } from '../support/editor-api';
import { runByHand } from '../support/run-by-hand';
import { until } from '../support/until';

const campaign = useCampaign({
  published: ['on-error', 'trial-leads-sync'],
  webhookPaths: [],
  activated: ['trial-leads-lead'],
});
const editor = useEditorApi(campaign);

afterEach(async () => {
  expect(validateLog(await campaign.requests())).toEqual([]);
});

async function begin(...trials: object[]): Promise<void> {
  for (const trial of trials) await campaign.act('trials', 'startTrial', trial);
  expect(
    (await runByHand(campaign, editor, { workflow: 'trial-leads-sync', trigger: 'Daily at 07:00' })).status,
  ).toBe('success');
}

const leadsOf = async (emailAddress: string) =>
  (await campaign.leads()).filter((lead) => lead.emailAddress === emailAddress);

it('each trial is a lead in EspoCRM, once, and who is a lead already stays so', async () => {
  const before = (await campaign.leads()).length;
  await begin(
    { email: 'Ada@Example.com', name: 'Ada King Lovelace', company: 'Analytical Engines' },
    { email: 'plato@example.com', name: 'Plato' },
    { email: 'anna.schmidt@example.com', name: 'Somebody Else' },
  );
  await campaign.allSettled();
  await begin({ email: 'ada@example.com', name: 'Ada again' });
  await campaign.allSettled();

  expect(await leadsOf('ada@example.com')).toMatchObject([
    { firstName: 'Ada King', lastName: 'Lovelace', accountName: 'Analytical Engines' },
  ]);
  expect(await leadsOf('plato@example.com')).toMatchObject([{ lastName: 'Plato' }]);
  expect(await leadsOf('anna.schmidt@example.com')).toMatchObject([{ lastName: 'Schmidt' }]);
  expect(await campaign.leads()).toHaveLength(before + 2);
});

it('while EspoCRM is down trials are stored, and become one lead each when it is back', async () => {
  await campaign.act('espocrm', 'setMaintenance', { maintenance: true });
  await begin({ email: 'patient@example.com', name: 'Pat Ient' }, { email: 'second@example.com' });
  await until(async () => {
    const states = (await campaign.deliveriesTo('Trial leads sync')).map(({ state }) => state);
    return states.length === 2 && states.every((state) => state === 'failed');
  }, 'both to have failed');
  expect(await leadsOf('patient@example.com')).toEqual([]);

  await campaign.act('espocrm', 'setMaintenance', { maintenance: false });
  await campaign.passTime();
  await campaign.allSettled();
  expect(await leadsOf('patient@example.com')).toHaveLength(1);
  expect(await leadsOf('second@example.com')).toHaveLength(1);
});
