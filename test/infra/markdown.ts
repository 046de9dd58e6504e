/** Relative links of a Markdown text, without those in code. */
export function relativeLinks(markdown: string): string[] {
  const prose = markdown.replace(/^(```|~~~)[\s\S]*?^\1/gm, '').replace(/`[^`\n]*`/g, '');
  const links = [...prose.matchAll(/\[[^\]]*\]\(([^)\s]+)[^)]*\)/g)].map((match) => match[1]!);
  return links.filter((link) => !/^[a-z]+:/i.test(link));
}

/** The anchors that the headings of a Markdown text get when it is shown on the web. */
export function headingAnchors(markdown: string): string[] {
  const prose = markdown.replace(/^(```|~~~)[\s\S]*?^\1/gm, '');
  return [...prose.matchAll(/^#{1,6} (.+)$/gm)].map((match) =>
    match[1]!
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}
