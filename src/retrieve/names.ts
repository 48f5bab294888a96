/** Names that come with a payload are not to be trusted: each is judged before a file is made under it. */
import { StorageError } from '../errors.ts'

/**
 * A name that stays in its folder on every system.
 * @throws TARGET_UNSAFE for an empty one, `.`, `..`, and one with `/`, `\`, NUL or half a character
 */
export function requireSafeName(name: string): string {
  const isPlain = name !== '' && name !== '.' && name !== '..' && !/[/\\\0]/.test(name)
  if (isPlain && name.isWellFormed()) return name
  throw new StorageError('TARGET_UNSAFE', {
    what: `the payload has a name that could lead out of the target folder`,
    got: JSON.stringify(name),
    hint: 'do not unpack it; its maker is not to be trusted',
  })
}
