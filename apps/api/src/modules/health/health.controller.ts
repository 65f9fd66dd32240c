import { Controller, Get, Res } from '@nestjs/common';
import { ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Public } from '../../http/access.decorator.js';
import { LivenessDto, ReadinessDto } from './health.dto.js';
import { Readiness } from './readiness.service.js';

@ApiTags('Health')
@Public()
@Controller('health')
export class HealthController {
  constructor(private readonly readiness: Readiness) {}

  /** Whether the process runs */
  @Get('live')
  live(): LivenessDto {
    return { status: 'ok' };
  }

  /** Whether the process can take requests, and what is wrong when it can't */
  @Get('ready')
  @ApiResponse({ status: 503, type: ReadinessDto })
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<ReadinessDto> {
    const readiness = await this.readiness.check();
    void reply.status(readiness.status === 'ready' ? 200 : 503);
    return readiness;
  }
}
