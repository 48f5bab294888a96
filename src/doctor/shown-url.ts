/** A URL as it may be printed: without user, password, query and fragment; of what is none, the beginning alone. */
export function shownUrl(text: string): string {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text))
    return JSON.stringify(`${/^[a-z0-9+.-]{0,20}/i.exec(text)?.[0] ?? ''}…`)
  const url = new URL(text)
  const cut = url.search !== '' || url.username !== '' || url.password !== '' || url.hash !== ''
  url.username = ''
  url.password = ''
  url.search = ''
  url.hash = ''
  return `${url.href}${cut ? ' (without user, query and fragment)' : ''}`
}
