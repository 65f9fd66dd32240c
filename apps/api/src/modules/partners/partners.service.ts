import { TenantDatabase } from '@libs/database';
import { Injectable } from '@nestjs/common';
import { ApiError } from '../../errors/api-error.js';
import type { Caller } from '../../http/request.js';
import { type PartnerDto, toPartnerDto } from './partner.dto.js';
import { Partner } from './partner.entity.js';

@Injectable()
export class PartnersService {
  constructor(private readonly database: TenantDatabase) {}

  async show({ partnerId, requestId }: Caller): Promise<PartnerDto> {
    const scope = { partnerIds: [partnerId], actor: 'partner', requestId };
    const partner = await this.database.run(scope, (manager) =>
      manager.findOneBy(Partner, { id: partnerId }),
    );
    if (!partner) throw new ApiError('partner_not_found');
    return toPartnerDto(partner);
  }
}
