import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { ApiError } from '../../errors/api-error.js';
import { type ApiRequest, requireScope } from '../../http/request.js';

/** Lets only the operator in that the entrance found, and only to what its key is for. */
@Injectable()
export class OperatorKeyGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<ApiRequest>();
    if (!request.operator) throw new ApiError('unauthorized');
    requireScope(request, request.operator.scopes);
    return true;
  }
}
