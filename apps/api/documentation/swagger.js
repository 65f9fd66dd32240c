// Runs in the browser beside Swagger UI: ids of what was answered last stand in the paths of what comes next.

const storageKey = 'documentation-ids';

/** What each path is about: one of the kinds below. */
const idsOfPaths = [
  ['get', '/v1/transactions/{id}', 'transaction'],
  ['get', '/v1/transactions/{id}/refunds', 'transaction'],
  ['get', '/v1/transactions/{id}/events', 'transaction'],
  ['post', '/v1/transactions/{id}/confirm', 'pending transaction'],
  ['post', '/v1/transactions/{id}/cancel', 'pending transaction'],
  ['post', '/v1/transactions/{id}/refunds', 'refundable transaction'],
  ['get', '/v1/refunds/{id}', 'refund'],
  ['get', '/v1/webhook-deliveries/{id}', 'webhook delivery'],
  ['post', '/v1/webhook-deliveries/{id}/redeliver', 'webhook delivery'],
  ['get', '/admin/v1/partners/{id}', 'partner'],
  ['patch', '/admin/v1/partners/{id}', 'partner made here'],
  ['post', '/admin/v1/partners/{id}/api-key/rotate', 'partner made here'],
  ['delete', '/admin/v1/partners/{id}', 'partner made here'],
  ['get', '/admin/v1/transactions/{id}', 'transaction'],
  ['delete', '/admin/v1/transactions/{id}', 'ended transaction'],
  ['post', '/admin/v1/transactions/{id}/settle', 'transaction to settle'],
  ['post', '/admin/v1/refunds/{id}/settle', 'refund to settle'],
];

const ends = ['completed', 'failed', 'cancelled', 'partially_refunded', 'refunded'];
const isOpenByHand = ({ provider, status }) => provider === 'manual' && status === 'processing';

/** Which answers are of a kind; a webhook delivery, say, is one by its `object`. */
const kinds = {
  transaction: ({ object }) => object === 'transaction',
  'pending transaction': ({ object, status }) => object === 'transaction' && status === 'pending',
  'refundable transaction': ({ object, amount_refundable: left }) =>
    object === 'transaction' && Number(left) > 0,
  'ended transaction': ({ object, status }) => object === 'transaction' && ends.includes(status),
  'transaction to settle': (it) => it.object === 'transaction' && isOpenByHand(it),
  refund: ({ object }) => object === 'refund',
  'refund to settle': (it) => it.object === 'refund' && isOpenByHand(it),
  'webhook delivery': ({ object }) => object === 'webhook_delivery',
  partner: ({ object }) => object === 'partner',
  'partner made here': ({ object, api_key: key }) => object === 'partner' && key !== undefined,
};

const readIds = () => JSON.parse(localStorage.getItem(storageKey) ?? '{}');

function changeIds(change) {
  const ids = readIds();
  for (const kind of Object.keys(kinds)) {
    const id = change(kind, ids[kind]);
    if (id === undefined) delete ids[kind];
    else ids[kind] = id;
  }
  localStorage.setItem(storageKey, JSON.stringify(ids));
}

/** The newest of a list is taken where nothing better is known. */
function rememberList(rows) {
  changeIds((kind, known) => known ?? rows.find(kinds[kind])?.id);
}

/** What is no longer of a kind, as a payment that was confirmed, no longer stands in its paths. */
function rememberOne(answer) {
  changeIds((kind, known) => {
    if (kinds[kind](answer)) return answer.id;
    return known === answer.id && !isLasting(kind) ? undefined : known;
  });
}

const isLasting = (kind) => kind === 'partner made here';

/** After `npm run reset`, and with the key of somebody else, what was remembered is not there. */
function forget(address) {
  changeIds((_kind, known) => (address.includes(known) ? undefined : known));
}

function fillPaths({ specActions }) {
  const ids = readIds();
  for (const [method, path, kind] of idsOfPaths) {
    specActions.changeParam([path, method], 'id', 'path', ids[kind]);
  }
}

function learnFrom({ status, url, obj }, system) {
  if (status === 404) forget(url);
  else if (status < 300 && Array.isArray(obj?.data)) rememberList(obj.data);
  else if (status < 300 && obj?.object) rememberOne(obj);
  fillPaths(system);
}

/** An error leads to the page of its code. */
function withErrorPage(ResponseBody, { React }) {
  return (props) => {
    const { contentType = '', content } = props;
    const body = React.createElement(ResponseBody, props);
    if (!contentType.startsWith('application/problem+json')) return body;
    const { type, code } = JSON.parse(content);
    const link = React.createElement('a', { href: type, target: '_blank' }, code);
    const line = React.createElement('p', { className: 'error-page' }, 'What it means: ', link);
    return React.createElement('div', null, line, body);
  };
}

globalThis.documentationPlugin = (system) => ({
  statePlugins: {
    spec: {
      wrapActions: {
        setResponse: (setResponse) => (path, method, response) => {
          if (response.url !== undefined) learnFrom(response, system);
          return setResponse(path, method, response);
        },
      },
    },
  },
  wrapComponents: { responseBody: withErrorPage },
});

globalThis.addEventListener('load', () => fillPaths(globalThis.ui));
