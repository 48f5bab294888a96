/**
 * The URL that is given to one provider: with `?by=f0<provider>`, so that the depot's log can tell whose download it is. A URL
 * that has a query already stays as it is, because a signed one would no longer fit its signature.
 */

const PARAMETER = 'by'

export function fetchUrlFor(url: string, provider: bigint): string {
  if (url.includes('?') || url.includes('#')) return url
  return `${url}?${PARAMETER}=f0${provider}`
}

/** The provider that a requested path names, f0…; undefined when it names none. */
export function fetcherOf(path: string): string | undefined {
  const query = path.split('?', 2)[1]
  const by = query === undefined ? null : new URLSearchParams(query).get(PARAMETER)
  return by !== null && /^f0\d{1,20}$/.test(by) ? by : undefined
}
