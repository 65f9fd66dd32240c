import ts from 'typescript';
import { parse, type Rule, type Source, walk } from '../sources.js';

const range = (letter: string, from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => `${letter}${from + index}`);

/** The faults, decisions and promises of the design; its numbers have gaps. */
const numbers = [
  ...range('F', 1, 29),
  ...range('F', 31, 35),
  ...['F38', 'F39'],
  ...range('D', 1, 8),
  ...range('P', 1, 7),
];

const documentPath = 'docs/schema.md';
const rowOfTable = /^\| ([FDP]\d+) .*\| (.*?) +\|$/gm;
const namedTest = /`([^`]+) › ([^`]+)`/g;
const groupCall = /^(?:describe|it)(?:\.each\b.*)?$/s;

interface Row {
  number: string;
  cell: string;
  tests: [path: string, title: string][];
}

interface Group {
  title: string;
  inside: string[];
}

function readRows(document: string): Row[] {
  return [...document.matchAll(rowOfTable)].map(([, number = '', cell = '']) => ({
    number,
    cell,
    tests: [...cell.matchAll(namedTest)].map(([, path = '', title = '']) => [path, title]),
  }));
}

function groupsIn(source: Source): Group[] {
  const found: Group[] = [];
  walk(parse(source), (node) => {
    const title = titleOf(node);
    if (title === undefined) return;
    const inside: string[] = [];
    ts.forEachChild(node, (child) => walk(child, (inner) => inside.push(titleOf(inner) ?? '')));
    found.push({ title, inside });
  });
  return found;
}

function titleOf(node: ts.Node): string | undefined {
  if (!ts.isCallExpression(node) || !groupCall.test(node.expression.getText())) return undefined;
  const [title] = node.arguments;
  return title && ts.isStringLiteralLike(title) ? title.text : undefined;
}

function complaintAbout(row: Row, groups: Map<string, Group[]>): string[] {
  const { number, tests } = row;
  if (tests.length === 0) return [`${number} has no test`];
  return tests
    .filter(([path, title]) => !groups.get(path)?.some((group) => group.title === title))
    .map(([path, title]) => `${number} names a test that is not there: ${path} › ${title}`);
}

/** A `describe('F1: …')` shows the fault on the seed and its absence in ours, and is in the row of F1. */
function pairsWithoutRow(rows: Row[], groups: Map<string, Group[]>): string[] {
  return [...groups].flatMap(([path, list]) =>
    list
      .filter(({ title }) => path.startsWith('schema/faults/') && /^[FDP]\d+: /.test(title))
      .flatMap(({ title, inside }) => {
        const [number] = title.split(':');
        const row = rows.find((one) => one.number === number);
        const isNamed = row?.tests.some(([p, t]) => p === path && t === title);
        const isPair = ['the seed ', 'ours '].every((word) =>
          inside.some((name) => name.startsWith(word)),
        );
        return [
          ...(isNamed ? [] : [`${path} › ${title} is not in the row of ${number}`]),
          ...(isPair ? [] : [`${path} › ${title} does not show both the seed and ours`]),
        ];
      }),
  );
}

/** The table of faults in docs/schema.md has a row for every number and names tests that exist. */
export const faultTable: Rule = (sources) => {
  const document = sources.find(({ path }) => path === documentPath);
  const rows = readRows(document?.text ?? '');
  const named = new Set(rows.flatMap(({ tests }) => tests.map(([path]) => `test/${path}`)));
  const specs = sources.filter(
    ({ path }) => named.has(path) || /^test\/schema\/faults\/.*\.spec\.ts$/.test(path),
  );
  const groups = new Map(specs.map((spec) => [spec.path.slice('test/'.length), groupsIn(spec)]));
  const counts = (number: string) => rows.filter((row) => row.number === number).length;
  return [
    ...numbers.filter((number) => counts(number) !== 1).map((n) => `${n} has ${counts(n)} rows`),
    ...rows.filter(({ number }) => !numbers.includes(number)).map((r) => `${r.number} is unknown`),
    ...rows.flatMap((row) => complaintAbout(row, groups)),
    ...pairsWithoutRow(rows, groups),
  ];
};
