import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { ApiError } from '../../errors/api-error.js';
import { accessOf } from '../../http/access.decorator.js';
import { type ApiRequest, requireScope } from '../../http/request.js';

/** Lets only the partner that the entrance found at the routes of partners, and its key's scopes. */
@Injectable()
export class ApiKeyGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    if (accessOf(context) !== 'partner') return true;
    const request = context.switchToHttp().getRequest<ApiRequest>();
    if (!request.caller) throw new ApiError('unauthorized');
    requireScope(request, request.caller.scopes);
    return true;
  }
}
