/**
 * RFC 4648 base32 in lower case without padding, as CIDs and Filecoin addresses use it. Only the exact text that
 * `toBase32` writes is read back: no upper case, no `=`, no stray bits in the last character.
 */
const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567'
const BITS = 5

export function toBase32(bytes: Uint8Array): string {
  let text = ''
  let held = 0
  let bits = 0
  for (const byte of bytes) {
    held = ((held << 8) | byte) & 0xfff
    bits += 8
    for (; bits >= BITS; bits -= BITS) text += ALPHABET.charAt((held >>> (bits - BITS)) & 31)
  }
  return bits === 0 ? text : text + ALPHABET.charAt((held << (BITS - bits)) & 31)
}

/** The bytes, or `undefined` when `text` is not the base32 of any bytes: the caller knows which error that is. */
export function tryFromBase32(text: string): Uint8Array | undefined {
  const bytes: number[] = []
  let held = 0
  let bits = 0
  for (const character of text) {
    const digit = ALPHABET.indexOf(character)
    if (digit < 0) return undefined
    held = ((held << BITS) | digit) & 0xfff
    bits += BITS
    if (bits < 8) continue
    bits -= 8
    bytes.push((held >>> bits) & 0xff)
  }
  const strayBits = held & ((1 << bits) - 1)
  return bits < BITS && strayBits === 0 ? Uint8Array.from(bytes) : undefined
}
