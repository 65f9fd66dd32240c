import 'reflect-metadata';
import { Body, createParamDecorator, Query } from '@nestjs/common';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import { parametersOf } from './handler-parameters.js';

/** How Nest names the decorator of a caller is random: among so many are all first digits. */
function declareController(): object {
  const Caller = createParamDecorator(() => undefined);
  class Things {
    read(_caller: unknown) {}
    change(_caller: unknown, _query: object, _body: object) {}
  }
  Caller()(Things.prototype, 'read', 0);
  Caller()(Things.prototype, 'change', 0);
  Query()(Things.prototype, 'change', 1);
  Body()(Things.prototype, 'change', 2);
  return Things;
}

describe('the parameters of a handler', () => {
  it('are taken from the query or the body only where a decorator says so', () => {
    const { QUERY, BODY } = RouteParamtypes;
    for (let count = 0; count < 500; count++) {
      const controller = declareController();
      expect(parametersOf(controller, 'read').map(([place]) => place)).toEqual([NaN]);
      const places = parametersOf(controller, 'change').map(([place]) => place);
      expect(places.filter((place) => !Number.isNaN(place))).toEqual([QUERY, BODY]);
    }
  });

  it('are none where nothing is declared', () => {
    expect(parametersOf(class {}, 'read')).toEqual([]);
  });
});
