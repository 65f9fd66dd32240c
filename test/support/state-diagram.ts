/** A row of one of the state machines of the code. */
export interface Move {
  from: string;
  to: string;
  by: readonly string[];
}

/** Under a mark of its name: a Mermaid picture of every move, with those who may make it. */
export function stateDiagram(name: string, moves: readonly Move[]): string {
  const arrows = moves.map(
    ({ from, to, by }) => `  ${from} --> ${to}: ${by.join(', ') || 'refunds'}`,
  );
  const picture = ['```mermaid', 'stateDiagram-v2', ...arrows, '```'];
  return [markOf(name), '', ...picture].join('\n');
}

/** The document with the picture of this name replaced. */
export function replaceDiagram(document: string, name: string, diagram: string): string {
  const begin = document.indexOf(markOf(name));
  const end = document.indexOf('\n```\n', begin);
  if (begin < 0 || end < 0) throw new Error(`the document has no ${markOf(name)}`);
  return document.slice(0, begin) + diagram + document.slice(end + '\n```'.length);
}

function markOf(name: string): string {
  return `<!-- generated: states of ${name} -->`;
}

const actors = ['partner', 'operator', 'provider', 'system'];

/** The moves that a table of the document lists, as in `pending > failed by system`; not how rows begin. */
export function documentedMoves(document: string, heading: string): string[] {
  const [, table = ''] = document.split(new RegExp(`^\\| ${heading} +\\| who .*\\n`, 'm'));
  const rows = [...table.split('\n\n', 1)[0].matchAll(/^\| (.+?) to (\w+) +\| (.*) \|$/gm)];
  return rows
    .flatMap(([, froms = '', to = '', who = '']) =>
      froms.split(' or ').flatMap((from) => {
        const named = actors.filter((actor) => new RegExp(`\\b${actor}\\b`).test(who));
        return named.map((actor) => `${from} > ${to} by ${actor}`);
      }),
    )
    .toSorted();
}
