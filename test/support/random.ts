/** Bytes that do not repeat, made fast: a ChaCha20 key stream (RFC 8439) whose key is the SHA-256 of a seed. */
import { createCipheriv, createHash } from 'node:crypto'

export function random(size: number, seed: string): Uint8Array {
  const key = createHash('sha256').update(seed).digest()
  return createCipheriv('chacha20', key, new Uint8Array(16)).update(new Uint8Array(size))
}
