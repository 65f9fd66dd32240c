/** The first answer to a request, thrown to end a repeated one with the same bytes. */
export class RepeatedAnswer extends Error {
  override readonly name = 'RepeatedAnswer';

  constructor(
    readonly httpStatus: number,
    readonly body: string,
  ) {
    super('the request was answered before');
  }
}
