/**
 * Steps as POST requests with a JSON body each. Taken is what is answered with 2xx; anything else is tried again, so one
 * can come twice: `Idempotency-Key`, and `id` in the body, are the same then. Redirects are not followed. With a secret,
 * `X-Sealift-Signature: sha256=…` is the HMAC of the body.
 */
import { createHash, createHmac } from 'node:crypto'
import { StorageError } from '../errors.ts'
import type { Listener } from './listener.ts'

export interface WebhookOptions {
  /** http or https; may hold a token, so it is never told. */
  readonly url: string
  readonly secret?: string | undefined
  readonly fetch?: typeof globalThis.fetch
  /** For one answer. */
  readonly timeoutMs?: number
}

const TIMEOUT_MS = 15_000

export function webhook({
  url,
  secret,
  fetch = globalThis.fetch,
  timeoutMs = TIMEOUT_MS,
}: WebhookOptions): Listener {
  const { host } = new URL(url)
  const failed = (why: string, cause?: unknown): StorageError =>
    new StorageError('FETCH_FAILED', { what: `the webhook at ${host} ${why}`, cause })
  return {
    name: `webhook ${createHash('sha256').update(url).digest('hex').slice(0, 16)}`,
    async take(step, signal) {
      const body = JSON.stringify(step)
      const signature = secret && createHmac('sha256', secret).update(body).digest('hex')
      let response: Response
      try {
        response = await fetch(url, {
          method: 'POST',
          redirect: 'manual',
          headers: {
            'content-type': 'application/json; charset=utf-8',
            'user-agent': 'sealift',
            'idempotency-key': step.id,
            ...(signature ? { 'x-sealift-signature': `sha256=${signature}` } : {}),
          },
          body,
          signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
        })
      } catch (error) {
        throw failed(`did not answer: ${reasonOf(error)}`)
      }
      await response.body?.cancel()
      if (response.ok) return
      const isRedirect = response.status >= 300 && response.status < 400
      throw failed(
        `answered ${response.status}${isRedirect ? ', a redirect, which is not followed' : ''}`,
      )
    },
  }
}

/** Node's message of a failed fetch names its cause only there; the URL is in neither. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error
  if (cause instanceof Error && 'code' in cause && typeof cause.code === 'string') return cause.code
  return cause instanceof Error ? cause.name : 'no reason was given'
}
