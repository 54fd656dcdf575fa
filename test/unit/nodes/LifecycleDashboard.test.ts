import { describe, expect, it } from '@jest/globals';
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { LifecycleDashboard } from '../../../nodes/LifecycleDashboard/LifecycleDashboard.node';
import { executeNode } from '../../support/execute-node';

const LIST = {
  kind: 'list',
  scope: {
    period: { days: 30, from: '2026-02-09T00:00:00.000Z', until: '2026-03-10T12:00:00.000Z' },
    tier: null,
  },
  list: 'customers',
  title: 'Customers',
  filters: {},
  columns: [{ key: 'email', title: 'E-mail', kind: 'text' }],
  rows: [{ email: '<script>alert(1)</script>' }],
  after: null,
};

async function run(items: IDataObject[], parameters: INodeParameters = {}, continueOnFail = false) {
  const [output = []] = await executeNode(
    { node: new LifecycleDashboard(), parameters, continueOnFail },
    items,
  );
  return output.map(({ json }) => json);
}

describe('the dashboard', () => {
  it('makes a page of a report, given as an object or as text', async () => {
    for (const report of [LIST, JSON.stringify(LIST)]) {
      const [json] = await run([{ report }]);
      expect(json?.page).toMatchObject({
        status: 200,
        contentType: 'text/html; charset=utf-8',
        headers: { 'Content-Disposition': 'inline' },
        body: expect.stringContaining('&lt;script&gt;'),
      });
    }
  });

  it('makes a file of its table', async () => {
    const [json] = await run([{ report: LIST }], { format: 'csv' });
    expect(json?.page).toMatchObject({
      status: 200,
      contentType: 'text/csv; charset=utf-8',
      headers: { 'Content-Disposition': 'attachment; filename="customers.csv"' },
      body: expect.stringContaining('E-mail'),
    });
  });

  it('answers 404 for what there is not', async () => {
    const [json] = await run([{ report: { kind: 'notFound', message: 'Nobody.' } }]);
    expect(json?.page).toMatchObject({ status: 404, body: expect.stringContaining('Nobody.') });
  });

  it.each([undefined, '', 'text', 47, {}, { kind: 'constructor' }, { kind: 'list' }, [LIST]])(
    'fails on %j, and on that alone',
    async (report) => {
      const items = [{ report: report as IDataObject }, { report: LIST }];
      const [failed, made] = await run(items, {}, true);
      expect(failed?.error).toEqual(expect.any(String));
      expect(failed?.page).toBeUndefined();
      expect(made?.page).toMatchObject({ status: 200 });
      await expect(run(items)).rejects.toThrow();
    },
  );

  it('says why there is no report', async () => {
    const [failed] = await run([{ error: 'The database is out of reach.' }], {}, true);
    expect(failed?.error).toBe('The database is out of reach.');
    await expect(run([{}])).rejects.toThrow(/Report: Get/);
  });
});
