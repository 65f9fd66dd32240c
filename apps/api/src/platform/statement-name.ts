const most = 3;
const table = /^[a-z_]{3,63}$/;

/** What a statement does to which tables, as in `INSERT transactions, UPDATE idempotency_keys`. Nothing else of it. */
export function statementName(text: string): string {
  const words = text.split(/[\s(),;]/).filter((word) => word !== '');
  const places = words.flatMap((word, index) => {
    const [next = '', afterNext = ''] = words.slice(index + 1, index + 3);
    const isPair = (word === 'INSERT' && next === 'INTO') || (word === 'DELETE' && next === 'FROM');
    const name = isPair ? afterNext : next;
    return (isPair || word === 'UPDATE') && table.test(name) ? [[word, name].join(' ')] : [];
  });
  if (places.length > 0) return [...new Set(places)].slice(0, most).join(', ');
  const source = words[words.indexOf('FROM') + 1] ?? '';
  return words.includes('FROM') && table.test(source) ? ['SELECT', source].join(' ') : 'SELECT';
}
