import {
  Body,
  Delete,
  Get,
  HttpCode,
  Param,
  ParseUUIDPipe,
  Patch,
  Post,
  Query,
} from '@nestjs/common';
import { ApiHeader, ApiOperation } from '@nestjs/swagger';
import { Refuses } from '../../errors/refuses.decorator.js';
import { PageQuery } from '../../http/page.dto.js';
import type { Operator } from '../../http/request.js';
import { Audited } from '../../http/audited.decorator.js';
import type { AcceptedVersions } from '../../http/entity-tags.js';
import { IfMatch, ifMatchHeader } from '../../http/if-match.decorator.js';
import { DeletionQuery } from './deletion.dto.js';
import { DeletionsService } from './deletions.service.js';
import { CurrentOperator, OperationsController } from './operations.decorator.js';
import {
  CreatedPartnerDto,
  CreatePartnerDto,
  PartnerAccountDetailsDto,
  PartnerAccountDto,
  PartnerAccountPageDto,
  RotateApiKeyDto,
  RotatedApiKeyDto,
  UpdatePartnerDto,
} from './partner-account.dto.js';
import { PartnerAccountsService } from './partner-accounts.service.js';

@OperationsController('partners', 'Partners')
export class PartnerAccountsController {
  constructor(
    private readonly partners: PartnerAccountsService,
    private readonly deletions: DeletionsService,
  ) {}

  /**
   * Make a partner
   *
   * @remarks The answer holds the API key and the webhook secret. They are shown once and can't be read
   * again.
   */
  @Post()
  @ApiOperation({ operationId: 'createPartner' })
  @Refuses('email_taken')
  @Audited('create', 'partner')
  create(
    @CurrentOperator() operator: Operator,
    @Body() body: CreatePartnerDto,
  ): Promise<CreatedPartnerDto> {
    return this.partners.create(operator, body);
  }

  /**
   * List partners, newest first
   *
   * @remarks Those that were deleted are left out.
   */
  @Get()
  @ApiOperation({ operationId: 'listPartners' })
  @Audited('read', 'partner')
  list(
    @CurrentOperator() operator: Operator,
    @Query() query: PageQuery,
  ): Promise<PartnerAccountPageDto> {
    return this.partners.list(operator, query);
  }

  /**
   * Get one partner
   *
   * @remarks With the newest of its API keys, but not with what lets anybody in.
   */
  @Get(':id')
  @ApiOperation({ operationId: 'getPartner' })
  @Refuses('partner_not_found')
  @Audited('read', 'partner')
  show(
    @CurrentOperator() operator: Operator,
    @Param('id', ParseUUIDPipe) id: string,
  ): Promise<PartnerAccountDetailsDto> {
    return this.partners.show(operator, id);
  }

  /**
   * Change a partner, or switch it off
   *
   * @remarks What is left out stays as it is. The keys of a partner that is switched off stop within a second.
   */
  @Patch(':id')
  @ApiOperation({ operationId: 'updatePartner' })
  @Refuses('partner_not_found')
  @ApiHeader(ifMatchHeader)
  @Audited('update', 'partner')
  update(
    @CurrentOperator() operator: Operator,
    @Param('id', ParseUUIDPipe) id: string,
    @IfMatch() accepted: AcceptedVersions,
    @Body() body: UpdatePartnerDto,
  ): Promise<PartnerAccountDto> {
    return this.partners.update(operator, id, accepted, body);
  }

  /**
   * Give a partner a new API key
   *
   * @remarks All keys of before stop after the grace period. The new key is shown once and can't be read
   * again.
   */
  @Post(':id/api-key/rotate')
  @HttpCode(200)
  @ApiOperation({ operationId: 'rotatePartnerApiKey' })
  @Refuses('partner_not_found')
  @ApiHeader(ifMatchHeader)
  @Audited('update', 'partner_api_key')
  rotateKey(
    @CurrentOperator() operator: Operator,
    @Param('id', ParseUUIDPipe) id: string,
    @IfMatch() accepted: AcceptedVersions,
    @Body() body: RotateApiKeyDto,
  ): Promise<RotatedApiKeyDto> {
    return this.partners.rotateKey(operator, id, accepted, body);
  }

  /**
   * Delete a partner
   *
   * @remarks Its keys stop at once and its email is free again. What it paid stays; payments that
   * are still processing are settled.
   */
  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({ operationId: 'deletePartner' })
  @Refuses('partner_not_found')
  @ApiHeader(ifMatchHeader)
  @Audited('delete', 'partner')
  delete(
    @CurrentOperator() operator: Operator,
    @Param('id', ParseUUIDPipe) id: string,
    @IfMatch() accepted: AcceptedVersions,
    @Query() { reason }: DeletionQuery,
  ): Promise<void> {
    return this.deletions.partner(operator, { id, accepted, reason });
  }
}
