import { PROBLEMS } from '../http/problem.ts';

/** Addresses from the root, so that `/docs` and `/docs/` look alike. */
export const DOCS_PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Gradewire API</title>
<link rel="stylesheet" href="/docs/swagger-ui.css">
<link rel="icon" href="/docs/favicon-32x32.png">
</head>
<body>
<div id="docs"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
`;

export const DOCS_SCRIPT = `window.SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#docs',
  deepLinking: true,
  persistAuthorization: false,
  validatorUrl: null,
});
`;

/** Every problem code under its own anchor, which is where a problem's \`type\` points. */
export function problemsPage(): string {
  const entries = Object.entries(PROBLEMS).map(([code, kind]) => {
    const hint = 'hint' in kind ? `<p>${escapeHtml(kind.hint)}</p>` : '';
    const retry = kind.retryable
      ? 'Sending the same request again later can help.'
      : 'Sending it again unchanged does not help.';
    return `<section id="${code}"><h2>${kind.status} <code>${code}</code></h2><p>${escapeHtml(kind.title)}. ${retry}</p>${hint}</section>`;
  });
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Gradewire: problem codes</title>
</head>
<body>
<h1>Problem codes</h1>
<p>Every answer that is not 2xx is <code>application/problem+json</code> (RFC 9457). Programs go by <code>code</code>.</p>
${entries.join('\n')}
</body>
</html>
`;
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
