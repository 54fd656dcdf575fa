import type { Browser, Locator, Page } from 'playwright-core';
import { N8nApi } from '../../stack/n8n-api';
import { WORKFLOWS_FOLDER } from '../../stack/paths';
import type { Stack } from '../../stack/stack';
import { readWorkflows } from '../../stack/workflow-file';

/** A page of the editor is large, and the machine may be busy. */
const PATIENCE_MS = 30_000;

const testId = (id: string): string => `[data-test-id="${id}"]`;

/** n8n's editor in a browser, as its owner uses it. */
export class Editor {
  private copies = 0;

  private constructor(
    readonly page: Page,
    private readonly url: string,
    private readonly api: N8nApi,
  ) {}

  /** Logs in as the owner. */
  static async open(browser: Browser, stack: Pick<Stack, 'n8nUrl' | 'owner'>): Promise<Editor> {
    const { n8nUrl, owner } = stack;
    const page = await browser.newPage({ viewport: { width: 1600, height: 1000 } });
    page.setDefaultTimeout(PATIENCE_MS);
    await page.goto(`${n8nUrl}/signin`);
    await page.locator('input[name=emailOrLdapLoginId]').fill(owner.email);
    await page.locator('input[type=password]').fill(owner.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.waitForURL((url) => !url.pathname.startsWith('/signin'));
    const api = new N8nApi(n8nUrl);
    await api.logIn(owner);
    return new Editor(page, n8nUrl, api);
  }

  async close(): Promise<void> {
    await this.page.context().close();
  }

  /** Shows a workflow and waits until all its nodes are drawn, in view. */
  async show(workflowId: string): Promise<void> {
    await this.page.goto(`${this.url}/workflow/${workflowId}`);
    await this.nodes.first().waitFor();
    await this.page.locator(testId('zoom-to-fit')).click();
  }

  /** Shows the list of a workflow's runs, with one opened: the newest, or the one with this id. */
  async showRuns(workflowId: string, runId = ''): Promise<void> {
    await this.page.goto(`${this.url}/workflow/${workflowId}/executions/${runId}`);
    await this.nodes.first().waitFor();
  }

  /** An unpublished copy of one of our workflows, to be changed at will. */
  async copyOf(workflowId: string): Promise<string> {
    const file = readWorkflows(WORKFLOWS_FOLDER).find(({ content }) => content.id === workflowId);
    if (!file) throw new Error(`There is no workflow ${workflowId}.`);
    this.copies += 1;
    const id = `${workflowId}-${this.copies}`;
    await this.api.createWorkflow({ ...file.content, id, name: `${file.content.name} ${this.copies}` });
    return id;
  }

  /** The nodes on the canvas, without sticky notes. */
  get nodes(): Locator {
    return this.page.locator(testId('canvas-node'));
  }

  node(name: string): Locator {
    return this.page.locator(`${testId('canvas-node')}[data-node-name="${name}"]`);
  }

  /** The sticky notes on the canvas. */
  get stickyNotes(): Locator {
    return this.page.locator(testId('sticky'));
  }

  /** The names of a node's outputs, from top to bottom, as the canvas shows them. */
  async outputs(name: string): Promise<string[]> {
    const handles = this.node(name).locator('..').locator(testId('canvas-node-output-handle'));
    return (await handles.allInnerTexts()).map((text) => text.trim());
  }

  /** Opens a node's panel. */
  async openNode(name: string): Promise<void> {
    await this.node(name).dblclick();
    await this.page.locator(testId('node-parameters')).waitFor();
  }

  /** Opens a drop-down in the panel; {@link choices} are then what it offers. */
  async openDropDown(parameter: string): Promise<void> {
    const field = this.page.locator(testId(`parameter-input-${parameter}`)).first();
    const isOpen = (): Promise<boolean> =>
      this.choices
        .first()
        .waitFor({ timeout: 3_000 })
        .then(() => true)
        .catch(() => false);
    // While n8n loads the choices, the field is disabled, and a click may be lost.
    do {
      await field.locator('.is-disabled').first().waitFor({ state: 'hidden' });
      await field.click();
    } while (!(await isOpen()));
  }

  /** What the open drop-down offers, each with its description on a further line. */
  get choices(): Locator {
    return this.page.locator('.el-select-dropdown__item').filter({ visible: true });
  }

  /** Takes one of the choices of the open drop-down, which closes. */
  async choose(name: string): Promise<void> {
    await this.choices.filter({ hasText: name }).click();
    await this.choices.first().waitFor({ state: 'hidden' });
  }

  /** Adds an option to a node's "Options"; with only one to choose from, pressing the button is enough. */
  async addOption(name: string): Promise<void> {
    await this.page.getByText('Add option').click();
    const offered = this.choices.filter({ hasText: name });
    const added = this.page.locator(testId('node-parameters')).getByText(name);
    await offered.or(added).first().waitFor();
    if (await offered.isVisible()) await offered.click();
  }

  /** The credentials that an open panel shows, from top to bottom; '' where none is chosen. */
  async chosenCredentials(): Promise<string[]> {
    const fields = this.page.locator(testId('node-credentials-select')).filter({ visible: true });
    await fields.first().waitFor();
    return await Promise.all(
      (await fields.all()).map((field) => field.locator('input').first().inputValue()),
    );
  }

  /** The addresses that an open trigger tells to enter where the events come from. */
  async productionUrls(): Promise<string[]> {
    await this.page.getByText('Webhook URLs').click();
    await this.page.locator(testId('radio-button-production')).click();
    const addresses = this.page.locator('.webhook-url').filter({ hasText: '/webhook/' });
    await addresses.first().waitFor();
    return (await addresses.allInnerTexts()).map((address) => address.trim());
  }

  /** Switches a parameter that picks one object to "From list" and opens the list. */
  async openList(parameter: string): Promise<void> {
    const picker = this.page.locator(testId(`resource-locator-${parameter}`));
    await picker.locator(testId('rlc-mode-selector')).click();
    await this.page.locator(testId('mode-list')).filter({ visible: true }).click();
    await picker.locator(testId('rlc-input')).click();
    await this.listed.first().waitFor();
  }

  get listed(): Locator {
    return this.page.locator(testId('rlc-item')).filter({ visible: true });
  }

  /** Presses "Execute workflow" and waits for the end of the run. */
  async execute(): Promise<void> {
    const button = this.page.locator(testId('execute-workflow-button'));
    await button.click();
    await this.page
      .getByText(/Workflow executed successfully|Problem in node/)
      .first()
      .waitFor();
  }

  /** Names of the nodes with a green tick. */
  async succeeded(): Promise<string[]> {
    const green = this.nodes.filter({ has: this.page.locator(testId('canvas-node-status-success')) });
    const names = (await green.all()).map((node) => node.getAttribute('data-node-name'));
    return (await Promise.all(names)).map(String);
  }

  /** Opens a credential, which makes n8n test it, and waits for the verdict. */
  async testCredential(name: string): Promise<'success' | 'error'> {
    const { id } = await this.credential(name);
    await this.page.goto(`${this.url}/home/credentials/${id}`);
    const verdict = this.page
      .getByText(/Connection tested successfully|Couldn’t connect with these settings/)
      .filter({ visible: true });
    await verdict.waitFor();
    return (await verdict.innerText()).includes('successfully') ? 'success' : 'error';
  }

  /** Presses "Retry" in the open credential, and waits for the verdict to come again. */
  async retryCredential(): Promise<void> {
    const answer = this.page.waitForResponse((response) => response.url().endsWith('/rest/credentials/test'));
    await this.page.getByRole('button', { name: 'Retry' }).click();
    await answer;
  }

  /** What the Test button of a new credential says to these fields. */
  async verdictOn(type: string, data: object): Promise<{ status: string; message: string }> {
    const answer = await this.page.request.post(`${this.url}/rest/credentials/test`, {
      headers: { 'browser-id': await this.browserId() },
      data: { credentials: { id: '', name: 'Tried', type, data } },
    });
    const body = (await answer.json()) as { data: { status: string; message: string } };
    return body.data;
  }

  async createCredential(name: string, type: string, data: object): Promise<void> {
    await this.api.createCredential({ name, type, data });
  }

  private async credential(name: string): Promise<{ id: string }> {
    const found = (await this.api.credentials()).find((credential) => credential.name === name);
    if (!found) throw new Error(`There is no credential ${name}.`);
    return found;
  }

  /** n8n accepts a session only from the browser that it began in. */
  private async browserId(): Promise<string> {
    return await this.page.evaluate<string>(`localStorage.getItem('n8n-browserId')`);
  }
}
