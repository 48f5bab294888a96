/**
 * A localnet that another process serves, as an EIP-1193 provider over HTTP.
 */
import type { Provider } from './provider.ts'
import { RpcError } from './rpc-error.ts'

/** Mining a year of epochs takes seconds. */
const TIMEOUT_MS = 120_000

/** @param url `http://127.0.0.1:8545`, as the localnet printed it. */
export function connectLocalnet(url: string, options: { signal?: AbortSignal } = {}): Provider {
  let lastId = 0
  return {
    async request({ method, params = [] }) {
      lastId += 1
      const timeout = AbortSignal.timeout(TIMEOUT_MS)
      const { signal } = options
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ jsonrpc: '2.0', id: lastId, method, params }),
        signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
      })
      const answer: unknown = await response.json()
      if (typeof answer !== 'object' || answer === null)
        throw new TypeError(`${url} does not speak JSON-RPC`)
      if ('error' in answer) {
        const { code, message, data } = answer.error as {
          code: number
          message: string
          data?: unknown
        }
        throw new RpcError(code, message, { data })
      }
      return 'result' in answer ? answer.result : undefined
    },
  }
}
