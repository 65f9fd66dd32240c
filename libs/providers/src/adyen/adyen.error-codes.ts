import { type CodeRow, codeRows, codesOf } from '../code-table.js';

/** What the error codes of a 400, 404 or 422 say that speak of no card (docs.adyen.com/development-resources/error-codes, read 2026). */
export const adyenErrorCodes: readonly CodeRow[] = [
  { code: '704', name: 'request already processed or in progress', ours: 'outcome_unknown' },
  {
    ...{ code: '901', name: 'Invalid Merchant Account' },
    ...{ ours: 'provider_misconfigured', retry: 'other_provider' },
  },
  ...codeRows(
    '000 010 100 102 104 105 106 107 108 109 110 111 112 113 114 115 116 117 118 119 120 121 122 124 125 ' +
      '126 127 128 130 131 132 133 134 135 136 137 138 139 140 141 142 143 144 145 146 147 148 149 150 ' +
      '151 152 153 154 155 156 157 158 159 160 161 162 163 164 165 166 167 168 170 171 172 173 174 175 ' +
      '180 181 182 183 184 185 186 187 188 189 190 191 192 193 194 195 196 198 199 200 203 205 217 218 ' +
      '700 702 800 801 802 803 804 805 806 807 820 902 904 905 905_1 905_2 905_3 905_4 906 907 908 912 ' +
      '916 918 919 920 926 927 931 950 14_002 14_003 14_004 14_005 14_006 14_007 14_008 14_010 14_011 ' +
      '14_012 14_013 14_014 14_015 14_016 14_017 14_018 14_019 14_020 14_024 14_026 14_027 14_028 14_029 ' +
      '14_030 14_031 14_032 14_033 14_034 14_035 14_036 14_037 14_0378 14_0379 14_0380 14_0381 14_0392 ' +
      '15_001 15_002 15_003 15_004 15_005 15_006 15_007 15_008 15_009 15_010 15_011 15_012 15_013 15_014 ' +
      '15_015 15_016 15_017 15_018 15_019 15_020 15_021 29_001 29_100',
    'provider_rejected',
    'never',
  ),
];

/** The idempotency key is in use, or its call was done. */
export const unsettledCodes = codesOf(adyenErrorCodes, 'outcome_unknown');
/** About our own account. */
export const accountCodes = codesOf(adyenErrorCodes, 'provider_misconfigured');
const mapped = new Set(adyenErrorCodes.map(({ code }) => code));

/** Whether a table of ours says what the error code means. */
export function isMappedErrorCode(code: string): boolean {
  return mapped.has(code);
}
