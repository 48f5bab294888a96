/**
 * Networks: a simulated one becomes a Filecoin when it is created, and answers as one from then on: Lotus' methods, those
 * of the localnet itself, and null rounds.
 */
import type { NetworkConnection } from 'hardhat/types/network'
import type { NetworkHooks } from 'hardhat/types/hooks'
import { createFilecoin } from '../create.ts'
import { describeLocalnet, DESCRIBE_METHOD } from '../describe.ts'
import { answerLotus, isLotusMethod } from '../lotus.ts'
import { NullRounds } from '../null-rounds.ts'
import { RpcError } from '../rpc-error.ts'
import type { FilecoinConfig } from '../types.ts'

export default async (): Promise<Partial<NetworkHooks>> => {
  const roundsOf = new WeakMap<NetworkConnection<string>, NullRounds>()

  return {
    async newConnection(context, next) {
      const connection = await next(context)
      const filecoin = filecoinOf(connection)
      if (filecoin !== undefined) await createFilecoin(connection.provider, filecoin)
      return connection
    },

    async onRequest(context, connection, request, next) {
      const filecoin = filecoinOf(connection)
      if (filecoin === undefined) return next(context, connection, request)
      const { jsonrpc, id, method } = request
      const params = Array.isArray(request.params) ? request.params : []
      const rounds = roundsOf.get(connection) ?? new NullRounds()
      roundsOf.set(connection, rounds)
      const answer = (): Promise<unknown> => {
        if (method === DESCRIBE_METHOD) return Promise.resolve(describeLocalnet(filecoin))
        if (isLotusMethod(method)) return answerLotus(connection.provider, method, params)
        return rounds.answer(method, params, async (asked, given = []) => {
          const response = await next(context, connection, {
            ...request,
            method: asked,
            params: given,
          })
          if ('error' in response) {
            const { code, message, data } = response.error
            throw new RpcError(code, message, { data })
          }
          return response.result
        })
      }
      try {
        return { jsonrpc, id, result: await answer() }
      } catch (error) {
        if (!(error instanceof RpcError)) throw error
        const { code, message, data } = error
        return { jsonrpc, id, error: { code, message, ...(data === undefined ? {} : { data }) } }
      }
    },
  }
}

/** The configuration of a simulated network that is a Filecoin. */
function filecoinOf(connection: NetworkConnection<string>): FilecoinConfig | undefined {
  const { networkConfig } = connection
  if (networkConfig.type !== 'edr-simulated' || networkConfig.filecoin === false) return undefined
  return networkConfig.filecoin
}
