import { Problem } from './problem.js';
import { createValidationPipe, NoQuery } from './validation.js';

describe('a call without query parameters', () => {
  const read = (query: object): Promise<unknown> =>
    createValidationPipe().transform(query, { type: 'query', metatype: NoQuery }) as Promise<unknown>;

  it('is accepted as such', async () => {
    await expect(read({})).resolves.toEqual({});
  });

  it('is refused with a parameter, by its name', async () => {
    const error: unknown = await read({ surprise: '1' }).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(Problem);
    expect((error as Problem).details).toMatchObject({
      status: 400,
      code: 'invalid_input',
      errors: [{ field: 'surprise', detail: 'is not a field of this call' }],
    });
  });
});
