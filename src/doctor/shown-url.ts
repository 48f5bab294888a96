/** A URL as it may be printed: without user, password, query and fragment. */
export function shownUrl(text: string): string {
  if (!URL.canParse(text)) return JSON.stringify(text.slice(0, 200).replace(/[?#@].*$/s, '…'))
  const url = new URL(text)
  const cut = url.search !== '' || url.username !== '' || url.hash !== ''
  url.username = ''
  url.password = ''
  url.search = ''
  url.hash = ''
  return `${url.href}${cut ? ' (without user, query and fragment)' : ''}`
}
