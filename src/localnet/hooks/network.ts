/**
 * Networks: a simulated one becomes a Filecoin when it is created, and answers Lotus' methods from then on.
 */
import type { NetworkHooks } from 'hardhat/types/hooks'
import { createFilecoin } from '../create.ts'
import { answerLotus, isLotusMethod, LotusError } from '../lotus.ts'

export default async (): Promise<Partial<NetworkHooks>> => ({
  async newConnection(context, next) {
    const connection = await next(context)
    const { networkConfig } = connection
    if (networkConfig.type === 'edr-simulated' && networkConfig.filecoin !== false) {
      await createFilecoin(connection.provider, networkConfig.filecoin)
    }
    return connection
  },

  async onRequest(context, connection, request, next) {
    const { networkConfig } = connection
    const isFilecoin = networkConfig.type === 'edr-simulated' && networkConfig.filecoin !== false
    if (!isFilecoin || !isLotusMethod(request.method)) return next(context, connection, request)
    const params = Array.isArray(request.params) ? request.params : []
    const { jsonrpc, id } = request
    try {
      const result = await answerLotus(connection.provider, request.method, params)
      return { jsonrpc, id, result }
    } catch (error) {
      if (!(error instanceof LotusError)) throw error
      return { jsonrpc, id, error: { code: error.code, message: error.message } }
    }
  },
})
