import { Body, Controller, Get, HttpCode, Patch, Post } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Audited } from '../../http/audited.decorator.js';
import type { AcceptedVersions } from '../../http/entity-tags.js';
import { IfMatch, ifMatchHeader } from '../../http/if-match.decorator.js';
import { type Caller, CurrentPartner, type IdempotencyClaim } from '../../http/request.js';
import { Versioned } from '../../http/versioned.decorator.js';
import { Claim, Idempotent } from '../idempotency/index.js';
import { RotatedApiKeyDto } from './api-key.dto.js';
import {
  PartnerDto,
  RotatedWebhookSecretDto,
  RotationDto,
  UpdateProfileDto,
} from './partner.dto.js';
import { PartnersService } from './partners.service.js';
import { RotationsService } from './rotations.service.js';

@ApiTags('Partner')
@Controller('v1/partner')
export class PartnersController {
  constructor(
    private readonly partners: PartnersService,
    private readonly rotations: RotationsService,
  ) {}

  /**
   * Your own profile
   *
   * @remarks With your API keys, but not with what lets anybody in.
   */
  @Get()
  @Versioned()
  @ApiOperation({ operationId: 'getPartner' })
  @Audited('read', 'partner')
  show(@CurrentPartner() caller: Caller): Promise<PartnerDto> {
    return this.partners.show(caller);
  }

  /**
   * Change your profile
   *
   * @remarks Saving a webhook URL, also the same one again, enables one that was disabled.
   */
  @Patch()
  @ApiOperation({ operationId: 'updatePartner' })
  @ApiHeader(ifMatchHeader)
  @Audited('update', 'partner')
  update(
    @CurrentPartner() caller: Caller,
    @IfMatch() accepted: AcceptedVersions,
    @Body() body: UpdateProfileDto,
  ): Promise<PartnerDto> {
    return this.partners.update(caller, accepted, body);
  }

  /**
   * Replace your API key
   *
   * @remarks The new key has the scopes of the one that asks. All keys with these scopes stop after the
   * grace period, within a second everywhere. The new key is shown once and can't be read again.
   */
  @Post('api-key/rotate')
  @HttpCode(200)
  @Idempotent()
  @ApiOperation({ operationId: 'rotateApiKey' })
  @Audited('update', 'partner_api_key')
  rotateApiKey(
    @CurrentPartner() caller: Caller,
    @Claim() claim: IdempotencyClaim,
    @Body() body: RotationDto,
  ): Promise<RotatedApiKeyDto> {
    return this.rotations.rotateApiKey(caller, claim, body.grace_seconds);
  }

  /**
   * Replace the secret that signs your webhooks
   *
   * @remarks During the grace period webhooks carry two signatures, one of each secret. The new secret is
   * shown once and can't be read again. A second rotation ends a secret of before the first one.
   */
  @Post('webhook-secret/rotate')
  @HttpCode(200)
  @Idempotent()
  @ApiOperation({ operationId: 'rotateWebhookSecret' })
  @Audited('update', 'partner')
  rotateWebhookSecret(
    @CurrentPartner() caller: Caller,
    @Claim() claim: IdempotencyClaim,
    @Body() body: RotationDto,
  ): Promise<RotatedWebhookSecretDto> {
    return this.rotations.rotateWebhookSecret(caller, claim, body.grace_seconds);
  }
}
