/** Takes secrets out of text before a person or a log sees it: known keys, and what URLs carry to authenticate. */

const URL_TEXT = /\b(?:https?|wss?):\/\/[^\s'"<>`]+/gi
const SECRET_PARAMETER = /key|token|auth|secret|pass|sig/i
/** Path segments that node services use as keys: long, with letters and digits, and no CID. */
const KEY_SEGMENT = /^(?=.*\d)(?=.*[a-z])[\w-]{20,}$/i
const CID_SEGMENT = /^(?:baf|bag|Qm)[a-z0-9]{30,}/i
const MASK = '***'

/** `secrets` are taken out in any letter case, with and without `0x`. */
export function redact(text: string, secrets: Iterable<string> = []): string {
  let safe = text
  for (const secret of secrets) {
    const bare = secret.trim().replace(/^0x/i, '')
    // Anything shorter is no key, and masking it would tear ordinary words apart.
    if (bare.length < 16) continue
    const literal = bare.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    safe = safe.replace(new RegExp(`(?:0x)?${literal}`, 'gi'), MASK)
  }
  return safe.replace(URL_TEXT, redactUrl)
}

/** Leaves text that is no URL as it is. */
export function redactUrl(text: string): string {
  if (!URL.canParse(text)) return text
  const url = new URL(text)
  let changed = false
  if (url.username !== '' || url.password !== '') {
    url.username = MASK
    url.password = ''
    changed = true
  }
  for (const name of Array.from(url.searchParams.keys())) {
    if (!SECRET_PARAMETER.test(name)) continue
    url.searchParams.set(name, MASK)
    changed = true
  }
  const path = url.pathname
    .split('/')
    .map((part) => (KEY_SEGMENT.test(part) && !CID_SEGMENT.test(part) ? MASK : part))
    .join('/')
  if (path !== url.pathname) {
    url.pathname = path
    changed = true
  }
  return changed ? url.toString() : text
}
