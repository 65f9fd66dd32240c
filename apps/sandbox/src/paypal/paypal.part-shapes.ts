import { listOf, type Shape } from '../shape.js';

export const money: Shape = { currency_code: 'string', value: 'string' };

export const link: Shape = { href: 'string', rel: 'string', method: ['GET', 'PATCH', 'POST'] };

export const links = listOf(link);

export const person: Shape = {
  email_address: 'string',
  name: { given_name: 'string', surname: 'string' },
  address: { country_code: 'string' },
};
