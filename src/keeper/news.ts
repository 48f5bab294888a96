/** What logs tell of stores: which of them are to be looked at again. */
import type { Log } from 'ethers'
import { PERPETUAL } from '../chain/perpetual.ts'
import { CLIENT_EVENTS } from '../chain/client-contract.ts'
import type { News } from './ports.ts'

/** @param storage Address of PerpetualStorage; everything else may be one of its clients. */
export function newsIn(storage: string, logs: readonly Log[]): News[] {
  return logs
    .filter(({ removed }) => !removed)
    .map((log) => {
      const { blockNumber: block, blockHash, index } = log
      const isStorage = log.address.toLowerCase() === storage.toLowerCase()
      return {
        block,
        key: `${blockHash}:${index}`,
        ...(isStorage ? ofStorage(log) : ofClient(log)),
      }
    })
}

function ofStorage(log: Log): Partial<News> {
  const parsed = PERPETUAL.parseLog(log)
  if (parsed === null) return {}
  const { name, args } = parsed
  switch (name) {
    case 'ToppedUp':
      return { purse: (args['account'] as string).toLowerCase() }
    case 'Stored':
    case 'PolicyExtended':
    case 'StoreCancelled':
    case 'Poked':
    case 'PokeFailed':
      return { store: Number(args['id'] as bigint) }
    case 'Proposed': {
      const proposalId = args['proposalId'] as string
      return { store: Number(args['id'] as bigint), proposalId }
    }
    default:
      return {}
  }
}

function ofClient(log: Log): Partial<News> {
  const parsed = CLIENT_EVENTS.parseLog(log)
  if (parsed === null) return {}
  const { name, args } = parsed
  switch (name) {
    case 'DealPublished':
      return { proposalId: args['id'] as string }
    case 'DealClosed':
      return { dealId: Number(args['dealId'] as bigint) }
    case 'Received':
      return { purse: log.address.toLowerCase() }
    default:
      return {}
  }
}
