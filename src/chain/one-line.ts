/** Words of a node or provider, as they may stand within a line of ours: they could write lines that look like our own. */

/** Characters. */
const LONGEST = 300

export function oneLine(text: string): string {
  const plain = text.replace(/\s+/g, ' ').trim()
  return plain.length <= LONGEST ? plain : `${plain.slice(0, LONGEST)}…`
}
