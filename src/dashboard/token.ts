/** What lets the page send. It travels in the fragment of a URL and in a header, never in a request line. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { StorageError } from '../errors.ts'

const MIN_LENGTH = 20

/** 192 bits, in characters that a URL takes as they are. */
export function makeToken(): string {
  return randomBytes(24).toString('base64url')
}

/** One of the user's own. @throws ARGUMENT_INVALID for one that is short or does not fit a URL; it is not told */
export function checkToken(name: string, token: string): string {
  if (token.length >= MIN_LENGTH && /^[\w-]+$/.test(token)) return token
  throw new StorageError('ARGUMENT_INVALID', {
    what: `${name} is not a token that can be used`,
    expected: `at least ${MIN_LENGTH} letters, digits, - and _`,
    got: `${token.length} characters`,
    hint: 'Leave it out to get one that is made for you.',
  })
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

/** Takes the same time wherever they differ. `header` is `Bearer <token>`. */
export function bears(header: string | undefined, token: string): boolean {
  return timingSafeEqual(digest(header ?? ''), digest(`Bearer ${token}`))
}
