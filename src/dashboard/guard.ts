/**
 * Who may speak to the dashboard. It listens on this machine only, but any page in the browser can send requests to it: a name
 * that another site lets point here (DNS rebinding) is refused by its Host, another site's script by its Origin. Pure.
 */

export interface Asked {
  readonly method: string
  /** Without its query. */
  readonly path: string
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
}

/** Why it is refused; undefined when it is not. */
export function refusalOf({ method, path, headers }: Asked, port: number): string | undefined {
  const hosts = [
    `127.0.0.1:${port}`,
    `localhost:${port}`,
    ...(port === 80 ? ['127.0.0.1', 'localhost'] : []),
  ]
  const host = text(headers['host'])?.toLowerCase()
  if (host === undefined || !hosts.includes(host)) return 'this address is not the dashboard'
  const origin = text(headers['origin'])
  if (origin !== undefined && origin !== `http://${host}`) return 'another site may not ask'
  const site = text(headers['sec-fetch-site']) ?? 'none'
  const isOwn = site === 'same-origin' || site === 'none'
  // A link on another page may lead here; it cannot read what it opens.
  const isLink = method === 'GET' && path === '/' && text(headers['sec-fetch-mode']) === 'navigate'
  return isOwn || isLink ? undefined : 'another site may not ask'
}

function text(header: string | readonly string[] | undefined): string | undefined {
  return typeof header === 'string' ? header : undefined
}

/** Nothing is loaded but what this server serves, nothing is written into the page as HTML, nobody frames it, nobody keeps it. */
export const SAFE_HEADERS = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; '),
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
} as const
