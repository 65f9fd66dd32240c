import { Inject, Injectable } from '@nestjs/common';
import { type Config, CONFIG } from '../../config.js';
import type { AcceptedVersions } from '../../http/entity-tags.js';
import type { Caller } from '../../http/request.js';
import { checkWebhookUrl } from '../../platform/webhook-url.js';
import { type PartnerDto, toPartnerDto, type UpdateProfileDto } from './partner.dto.js';
import { PartnersRepository, type Profile } from './partners.repository.js';

/** What a partner sees and changes of itself. */
@Injectable()
export class PartnersService {
  constructor(
    private readonly partners: PartnersRepository,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  async show(caller: Caller): Promise<PartnerDto> {
    return present(await this.partners.find(caller));
  }

  async update(
    caller: Caller,
    accepted: AcceptedVersions,
    changes: UpdateProfileDto,
  ): Promise<PartnerDto> {
    const { webhook_url: url } = changes;
    if (typeof url === 'string') checkWebhookUrl(url, this.config.WEBHOOK_ALLOW_PRIVATE_ADDRESSES);
    return present(await this.partners.update(caller, accepted, changes));
  }
}

function present({ partner, apiKeys }: Profile): PartnerDto {
  return toPartnerDto(partner, apiKeys);
}
