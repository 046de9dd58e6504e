/** An answer before it is written. Header names in lower case; a header may hold bytes as Latin-1 characters. */
export interface Reply {
  status: number;
  /** Of the status line; the standard one when left out. Characters a status line cannot hold are left out. */
  reason?: string;
  headers?: Record<string, string>;
  body?: string | Buffer;
}

/** JSON with the given media type. */
export function json(status: number, value: unknown, mediaType = 'application/json'): Reply {
  return { status, headers: { 'content-type': mediaType }, body: JSON.stringify(value) };
}

export function text(status: number, body: string, mediaType = 'text/plain; charset=utf-8'): Reply {
  return { status, headers: { 'content-type': mediaType }, body };
}

export function html(status: number, body: string): Reply {
  return { status, headers: { 'content-type': 'text/html; charset=utf-8' }, body };
}

/** A web page of somebody else's making: a proxy's, a portal's, a crash report's. */
export function webPage(status: number, title: string, message: string): Reply {
  return html(
    status,
    `<!DOCTYPE html>\n<html lang="en"><head><title>${title}</title></head>\n<body><h1>${title}</h1><p>${message}</p></body></html>\n`,
  );
}

/** What nginx answers when the process behind it gave no status. */
export function badGateway(): Reply {
  return html(
    502,
    '<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx/1.22.1</center>\r\n</body>\r\n</html>\r\n',
  );
}
