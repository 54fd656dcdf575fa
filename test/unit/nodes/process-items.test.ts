import { describe, expect, it } from '@jest/globals';
import { NodeOperationError, type IDataObject, type INodeExecutionData } from 'n8n-workflow';
import { EspoCrmLeadEnsure } from '../../../nodes/EspoCrmLeadEnsure/EspoCrmLeadEnsure.node';
import { MauticAudience } from '../../../nodes/MauticAudience/MauticAudience.node';
import { ResendSend } from '../../../nodes/ResendSend/ResendSend.node';
import { SlackMessage } from '../../../nodes/SlackMessage/SlackMessage.node';
import { TwentyPersonEnsure } from '../../../nodes/TwentyPersonEnsure/TwentyPersonEnsure.node';
import { WindmillJob } from '../../../nodes/WindmillJob/WindmillJob.node';
import { whenItFails } from '../../../nodes/shared/when-it-fails';
import { ServiceError } from '../../../services/http';
import { executeNode } from '../../support/execute-node';
import { stepNode } from '../../support/step-node';

const MESSAGE =
  'Shop could not list its codes: no answer from shop.example (ECONNREFUSED). Check that it is up.';
const EVENT_ITEM: IDataObject = { delivery: { id: '1', lease: 'l', attempt: 1 } };

/** A node on which every item fails, as in Mautic, EspoCRM and all others. */
const failing = stepNode('Failing', () => new ServiceError('Shop', MESSAGE, true));

/** The same, with the parameter that lets items carry on. */
const acting = stepNode('Acting', () => new ServiceError('Shop', MESSAGE, true), [whenItFails]);
const CARRY_ON = { whenItFails: 'carryOn' };

/** A later node, which works. */
const working = stepNode('Working', () => ({
  json: { done: true },
  outcomes: [{ service: 'Shop', action: 'done' }],
}));

describe('what a service said about its failure', () => {
  it('is told word for word when the run fails over it, although it names a code that n8n has words for', async () => {
    const error: unknown = await executeNode({ node: failing }, [{}]).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(NodeOperationError);
    expect(error).toMatchObject({ message: MESSAGE, context: { itemIndex: 0 } });
  });

  it('is told word for word when the item goes on', async () => {
    const [output] = await executeNode({ node: failing, continueOnFail: true }, [{}]);
    expect(output).toMatchObject([{ json: { error: MESSAGE } }]);
  });

  it('is told word for word by an item of an event', async () => {
    const [output] = await executeNode({ node: failing }, [EVENT_ITEM]);
    expect(output).toMatchObject([{ json: { failure: { message: MESSAGE, retryable: true } } }]);
  });
});

describe('when a step fails', () => {
  const failure = (node: string) => ({ node, service: 'Shop', message: MESSAGE, retryable: true });

  it('holds back later steps by itself', async () => {
    const [stopped] = await executeNode({ node: acting }, [EVENT_ITEM]);
    const [later] = await executeNode({ node: working }, jsonOf(stopped));
    expect(jsonOf(later)).toEqual([{ ...EVENT_ITEM, failure: failure('Acting') }]);
  });

  it('lets later steps work on the item when it is set to carry on', async () => {
    const [carried] = await executeNode({ node: acting, parameters: CARRY_ON }, [EVENT_ITEM]);
    expect(jsonOf(carried)).toEqual([{ ...EVENT_ITEM, failures: [failure('Acting')] }]);
    const [later] = await executeNode({ node: working }, jsonOf(carried));
    expect(jsonOf(later)).toMatchObject([{ done: true, failures: [failure('Acting')] }]);
  });

  it('keeps what every step failed with, and holds back where one does not carry on', async () => {
    const parameters = CARRY_ON;
    const [first] = await executeNode({ node: acting, parameters, name: 'Slack' }, [EVENT_ITEM]);
    const [second] = await executeNode({ node: acting, parameters, name: 'Twenty' }, jsonOf(first));
    const [third] = await executeNode({ node: acting, name: 'Mautic' }, jsonOf(second));
    const expected = { failures: [failure('Slack'), failure('Twenty')], failure: failure('Mautic') };
    expect(jsonOf(third)).toEqual([{ ...EVENT_ITEM, ...expected }]);
    const [later] = await executeNode({ node: acting, parameters, name: 'Later' }, jsonOf(third));
    expect(jsonOf(later)).toEqual(jsonOf(third));
  });

  it('tells of a step once, however often the item comes back to it', async () => {
    const [first] = await executeNode({ node: acting, parameters: CARRY_ON }, [EVENT_ITEM]);
    const [second] = await executeNode({ node: acting, parameters: CARRY_ON }, jsonOf(first));
    expect(jsonOf(second)).toEqual(jsonOf(first));
  });

  it.each([
    new EspoCrmLeadEnsure(),
    new MauticAudience(),
    new ResendSend(),
    new SlackMessage(),
    new TwentyPersonEnsure(),
    new WindmillJob(),
  ])('$description.displayName asks whether to carry on', ({ description }) => {
    const [property] = description.properties.filter(({ name }) => name === whenItFails.name);
    expect(property).toMatchObject({ ...whenItFails, displayOptions: { show: expect.anything() } });
  });

  it('lets the item of a due message travel on with its failure', async () => {
    const item = { message: { id: '1', batchKey: 'b' } };
    const [output] = await executeNode({ node: failing }, [item]);
    expect(jsonOf(output)).toEqual([{ ...item, failure: failure('Failing') }]);
  });

  it('fails as anywhere in n8n for an item that belongs to no event', async () => {
    await expect(executeNode({ node: acting, parameters: CARRY_ON }, [{}])).rejects.toThrow(MESSAGE);
  });
});

function jsonOf(items: INodeExecutionData[] = []): IDataObject[] {
  return items.map(({ json }) => json);
}
