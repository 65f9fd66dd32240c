import {
  applyDecorators,
  Controller,
  createParamDecorator,
  type ExecutionContext,
  UseGuards,
} from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { ForOperators } from '../../http/access.decorator.js';
import type { ApiRequest } from '../../http/request.js';
import { OperatorKeyGuard } from './operator-key.guard.js';

/** A controller of the operations API: only operators get in. */
export const OperationsController = (resource: string, tag: string) =>
  applyDecorators(
    Controller(`admin/v1/${resource}`),
    ForOperators(),
    UseGuards(OperatorKeyGuard),
    ApiTags(tag),
  );

/** The operator that calls. */
export const CurrentOperator = createParamDecorator((_: unknown, context: ExecutionContext) => {
  return context.switchToHttp().getRequest<ApiRequest>().operator;
});
