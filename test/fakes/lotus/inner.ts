/** The Hardhat node behind the fake: its answers, with errors in the form of JSON-RPC. */
import { answerBody } from '../../../src/localnet/json-rpc.ts'
import type { Provider } from '../../../src/localnet/provider.ts'
import { quantity } from '../../../src/localnet/provider.ts'
import { RpcError } from '../../../src/localnet/rpc-error.ts'

export type Ask = (method: string, params?: readonly unknown[]) => Promise<unknown>

/** @throws RpcError */
export function asking(provider: Provider): Ask {
  return async (method, params = []) => {
    const request = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })
    const answer = JSON.parse(await answerBody(provider, request)) as {
      result?: unknown
      error?: { code: number; message: string; data?: unknown }
    }
    if (answer.error === undefined) return answer.result
    throw new RpcError(answer.error.code, answer.error.message, { data: answer.error.data })
  }
}

export { quantity, RpcError }
