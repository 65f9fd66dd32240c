const endMark = '<!-- end of generated -->';

/** A table in Markdown under a mark of its name, up to the end mark. */
export function generatedTable(
  name: string,
  head: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const lines = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  return generatedLines(name, lines);
}

/** Lines in Markdown under a mark of its name, up to the end mark. */
export function generatedLines(name: string, lines: readonly string[]): string {
  return [markOf(name), '', ...lines, '', endMark].join('\n');
}

/** The document with the table of this name replaced. */
export function replaceGenerated(document: string, name: string, table: string): string {
  const begin = document.indexOf(markOf(name));
  const end = document.indexOf(endMark, begin);
  if (begin < 0 || end < 0) throw new Error(`the document has no ${markOf(name)}`);
  return document.slice(0, begin) + table + document.slice(end + endMark.length);
}

/** Without what a formatter adds: the widths of columns. */
export function withoutWidths(markdown: string): string {
  return markdown.replace(/ +/g, ' ').replace(/-{3,}/g, '---');
}

function markOf(name: string): string {
  return `<!-- generated: ${name} -->`;
}
