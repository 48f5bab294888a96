import { expect } from 'chai'
import { toHex } from '../../../src/bytes/hex.ts'
import { systemClock } from '../../../src/chain/clock.ts'
import { encodeProposal } from '../../../src/deal/proposal.ts'
import { StorageError } from '../../../src/errors.ts'
import type { Context } from '../../../src/provider/context.ts'
import { DEVNET_DOWNLOAD } from '../../../src/provider/download.ts'
import { fetchPiece } from '../../../src/provider/fetch-piece.ts'
import { refused } from '../../support/refused.ts'
import { PROVIDER, proposalFor, sampleCar } from './support/proposals.ts'
import { serve } from './support/server.ts'

describe('fetchPiece', () => {
  it('hangs up when the depot cannot begin to store', async () => {
    const sample = await sampleCar()
    const hungUp = Promise.withResolvers<void>()
    // The rest of the piece never comes: only hanging up ends the download.
    const server = await serve((request, response) => {
      response.writeHead(200, { 'content-length': sample.car.length })
      if (request.method === 'HEAD') return response.end()
      response.write(sample.car.subarray(0, 500))
      return response.once('close', () => hungUp.resolve())
    })
    const context = {
      id: PROVIDER,
      depot: {
        find: async () => undefined,
        put: async () => {
          throw new StorageError('DEPOT_FULL', { what: 'no space' })
        },
      },
      clock: systemClock,
      signal: new AbortController().signal,
      settings: { download: DEVNET_DOWNLOAD },
      emit: () => undefined,
    } as unknown as Context
    const record = {
      state: 'accepted',
      key: 'k',
      client: '',
      proposalId: '',
      block: 1n,
      at: 0,
      identity: '',
      proposal: toHex(encodeProposal(proposalFor(sample))),
      url: server.url,
      size: sample.car.length,
    } as const
    await refused('DEPOT_FULL', fetchPiece(context, record))
    await hungUp.promise
    await server.close()
    expect(server.requests).to.have.length(2)
  })
})
