import { Controller, Get } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { type Caller, CurrentPartner } from '../../http/request.js';
import { Audited } from '../../http/audited.decorator.js';
import { PartnerDto } from './partner.dto.js';
import { PartnersService } from './partners.service.js';

@ApiTags('Partner')
@Controller('v1/partner')
export class PartnersController {
  constructor(private readonly partners: PartnersService) {}

  /** Your own profile */
  @Get()
  @ApiOperation({ operationId: 'getPartner' })
  @Audited('read', 'partner')
  show(@CurrentPartner() caller: Caller): Promise<PartnerDto> {
    return this.partners.show(caller);
  }
}
