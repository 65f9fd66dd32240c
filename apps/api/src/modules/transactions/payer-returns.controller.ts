import { Controller, Get, Header, Param, Query, Redirect, Req, UseGuards } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Public } from '../../http/access.decorator.js';
import type { ApiRequest } from '../../http/request.js';
import { PayerReturnsGuard } from './payer-returns.guard.js';
import { PayerReturns } from './payer-returns.service.js';

/** Where providers send payers back to. The token in the address says for which payment. */
@ApiExcludeController()
@Public()
@UseGuards(PayerReturnsGuard)
@Controller('return')
export class PayerReturnsController {
  constructor(private readonly returns: PayerReturns) {}

  @Get(':token')
  @Redirect()
  @Header('referrer-policy', 'no-referrer')
  async comeBack(
    @Param('token') token: string,
    @Query() query: Record<string, unknown>,
    @Req() { id }: ApiRequest,
  ): Promise<{ url: string; statusCode: number }> {
    const given = Object.entries(query).map(([name, value]): [string, unknown] => [
      name,
      Array.isArray(value) ? value[0] : value,
    ]);
    const returned = given.filter((entry): entry is [string, string] => {
      return typeof entry[1] === 'string';
    });
    const url = await this.returns.comeBack(token, Object.fromEntries(returned), id);
    return { url, statusCode: 303 };
  }
}
