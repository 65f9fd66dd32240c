import { type codeTables, declineCodes } from '../../libs/providers/src/index.js';
import { generatedLines, generatedTable } from './generated-part.js';

type CodeRow = (typeof codeTables)[number]['codes'][number];

const refusals: readonly (readonly [CodeRow['ours'], string])[] = [
  [
    'provider_rejected',
    'Our request was wrong (`provider_rejected`, of a refund `refund_rejected`)',
  ],
  ['provider_misconfigured', 'Our account is set up wrongly (`provider_misconfigured`)'],
  ['refund_failed', "The money can't be given back (`refund_failed`)"],
  ['outcome_unknown', 'It may have been done: its outcome is unknown'],
];

/** What a provider's codes of declines are to us, and where to try again. */
export function declineTable(provider: string, codes: readonly CodeRow[]): string {
  const rows = declineCodes.flatMap((ours) => {
    const same = codes.filter((row) => row.ours === ours);
    return [...new Set(same.map(({ retry }) => retry))].map((retry) => [
      ...[`\`${ours}\``, `\`${retry}\``],
      listed(same.filter((row) => row.retry === retry)),
    ]);
  });
  return generatedTable('declines', ['ours', 'retry advice', `${provider}'s`], rows);
}

/** What a provider's codes of refused calls are to us. */
export function refusalList(codes: readonly CodeRow[]): string {
  const lines = refusals.flatMap(([ours, says]) => {
    const rows = codes.filter((row) => row.ours === ours);
    return rows.length > 0 ? [`- ${says}: ${listed(rows)}.`] : [];
  });
  return generatedLines('refusals', lines);
}

function listed(rows: readonly CodeRow[]): string {
  return rows.map(({ code, name }) => (name ? `\`${code}\` ${name}` : `\`${code}\``)).join(', ');
}
