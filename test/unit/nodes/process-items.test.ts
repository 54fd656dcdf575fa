import { describe, expect, it } from '@jest/globals';
import { NodeOperationError, type IDataObject, type INodeType } from 'n8n-workflow';
import { processBatch } from '../../../nodes/shared/process-items';
import { ServiceError } from '../../../services/http';
import { executeNode } from '../../support/execute-node';

const MESSAGE =
  'Shop could not list its codes: no answer from shop.example (ECONNREFUSED). Check that it is up.';
const EVENT_ITEM: IDataObject = { delivery: { id: '1', lease: 'l', attempt: 1 } };

/** A node on which every item fails, as in Mautic, EspoCRM and all others. */
const failing: INodeType = {
  description: {
    displayName: 'Failing',
    name: 'failing',
    group: ['transform'],
    version: 1,
    description: 'Fails',
    defaults: { name: 'Failing' },
    inputs: ['main'],
    outputs: ['main'],
    properties: [],
  },
  async execute() {
    return await processBatch(this, { service: 'Shop' }, (indexes) =>
      Promise.resolve(indexes.map(() => new ServiceError('Shop', MESSAGE, true))),
    );
  },
};

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
