/** The webhook of `watch`, whose URL may be a secret. */
import { StorageError } from '../src/errors.ts'
import { optional } from './values.ts'

/** The one that was typed, else the environment's, which is in no list of processes. Errors: ARGUMENT_INVALID. */
export function hookOf(typed: string | undefined, env: NodeJS.ProcessEnv): string | undefined {
  const kept = env['SEALIFT_WEBHOOK']
  if (typed === undefined && kept) return toHook('SEALIFT_WEBHOOK', kept)
  return optional('--webhook', typed, toHook)
}

/**
 * As it was typed: a slash at the end can mean something to whoever listens. It is never quoted, as it may hold a token.
 * Errors: ARGUMENT_INVALID.
 */
function toHook(option: string, text: string): string {
  if (!/^https?:\/\//.test(text) || !URL.canParse(text))
    throw new StorageError('ARGUMENT_INVALID', {
      what: `${option}: expected a URL that begins with http:// or https://`,
      hint: 'Look it up where the webhook was made; it is not shown here, as it may hold a token.',
    })
  const { username, password } = new URL(text)
  if (username === '' && password === '') return text
  throw new StorageError('ARGUMENT_INVALID', {
    what: `${option} has a user name or password in it, which cannot be sent`,
    hint: 'Put a token into the path or the query, or set SEALIFT_WEBHOOK_SECRET.',
  })
}
