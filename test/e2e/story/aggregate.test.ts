import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { Aggregate } from '../../../src/aggregate/aggregate.ts'
import type { FilledSegment } from '../../../src/aggregate/payload.ts'
import { placeSegments } from '../../../src/aggregate/segment.ts'
import { lookupId } from '../../../src/chain/lotus.ts'
import { marketDeal } from '../../../src/chain/market-deal.ts'
import { openDepot } from '../../../src/depot/fs-store.ts'
import { makeDeal } from '../../../src/flow/make-deal.ts'
import { receiptsFor } from '../../../src/flow/receipt.ts'
import { retrieveDeal } from '../../../src/flow/retrieve-deal.ts'
import { retrieveReceipt } from '../../../src/flow/retrieve-receipt.ts'
import { type ReceiptChain, verifyReceipt } from '../../../src/flow/verify-receipt.ts'
import { mineTo } from '../../../src/localnet/controls.ts'
import { parsePieceCid } from '../../../src/piece/piece-cid.ts'
import { prepare } from '../../../src/prepare/prepare.ts'
import type { StoredPiece } from '../../../src/prepare/sink.ts'
import { receiptDigest } from '../../../src/receipt/digest.ts'
import { sentenceOf } from '../../../src/receipt/sentence.ts'
import { random } from '../../support/random.ts'
import { refused } from '../../support/refused.ts'
import { type Local, startLocal } from './local.ts'

const FILES = 12
const PIECE_SIZE = 2 ** 21

/** As `prepare` makes a file of this size, from 3,000 bytes up. */
const contentOf = (n: number) => random(3000 + 7000 * n, `small file ${n}`)

describe('the life of small files in one deal', () => {
  let local: Local
  let stored: StoredPiece[]
  let aggregate: StoredPiece
  let endEpoch: number

  before(async () => {
    local = await startLocal([{ kind: 'honest' }])
    const { depot } = local.context
    stored = []
    for (let n = FILES - 1; n >= 0; n--) {
      const path = join(local.folder, `file ${n}`)
      await writeFile(path, contentOf(n))
      stored.push(...(await prepare([path], depot)).pieces)
    }
    const pieces = stored.map(({ pieceCidV2 }) => {
      const { root, size, pieceSize } = parsePieceCid(pieceCidV2)
      return { root, size: size ?? 0, pieceSize: pieceSize ?? 0 }
    })
    const made = new Aggregate<FilledSegment>(placeSegments(pieces, PIECE_SIZE), PIECE_SIZE)
    aggregate = await depot.putAggregate(made, { name: 'twelve' })
  })
  after(() => local.stop())

  function chain(): ReceiptChain {
    const { network, provider, client } = local.context
    const { epoch, proposals, deals } = client
    return {
      network,
      epoch,
      proposals,
      deals,
      marketDeal: (dealId) => marketDeal(provider, dealId),
      clientId: (address) => lookupId(provider, network, address),
    }
  }

  it('is stored by one deal, of which the provider serves every file by itself', async () => {
    const { events, context } = local
    const { proposals } = await makeDeal(
      { cid: aggregate.pieceCid, wait: 'active', deadlineMs: 60_000, everyMs: 100 },
      context,
    )
    expect(proposals[0]?.deals.map(({ state }) => state)).to.deep.equal(['active'])
    endEpoch = proposals[0]?.endEpoch ?? 0
    const indexed = events.find((event) => event.type === 'indexed')
    expect(indexed).to.include({ segments: FILES, skipped: 0, pieceCid: aggregate.pieceCid })
    const { url } = local.filecoin.providers[0] ?? { url: '' }
    for (const { root, path } of stored) {
      const served = Buffer.from(await (await fetch(`${url}/ipfs/${root}`)).arrayBuffer())
      const own = await readFile(path)
      expect(Buffer.compare(served.subarray(0, own.length), own)).to.equal(0)
    }
  })

  it('has a receipt for each file, sound by itself and on chain', async () => {
    const { receipts } = await receiptsFor(aggregate.pieceCid, local.context)
    expect(receipts.map(({ file }) => file.root)).to.deep.equal(stored.map(({ root }) => root))
    // Of a network whose epochs do not keep to 30 s, and whose genesis no table says.
    await local.provider.send('evm_increaseTime', [1000])
    await local.provider.send('hardhat_mine', [])
    const [receipt] = (await receiptsFor(stored[5]?.root ?? '', local.context)).receipts
    expect(receipt).to.deep.equal(receipts[5])
    expect(receipt?.sentence).to.match(
      /^bytes [\d,]+ to [\d,]+ of deal \d+ at f01000, active until 20/,
    )

    const offline = await verifyReceipt(JSON.parse(JSON.stringify(receipt)))
    expect(offline.deal.state).to.equal(null)
    expect(offline.unchecked).to.have.length(2)
    const online = await verifyReceipt(receipt, { chain: chain(), path: stored[5]?.path })
    expect(online.deal.state).to.equal('active')
    expect(online.checked.length).to.be.greaterThan(offline.checked.length + 3)
    expect(online.unchecked).to.deep.equal([])
    const byPayload = await verifyReceipt(receipt, { path: join(local.folder, 'file 6') })
    expect(byPayload.checked.at(-1)?.claim).to.include('root of the receipt')
    await refused('RECEIPT_INVALID', verifyReceipt(receipt, { path: join(local.folder, 'file 7') }))
  })

  it('is not one file: retrieve says what to do instead', async () => {
    const { context, folder } = local
    const depot = await openDepot(join(folder, 'another depot'))
    for (const place of [context, { ...context, depot }]) {
      const error = await refused(
        'ARGUMENT_INVALID',
        retrieveDeal(aggregate.pieceCid, join(folder, 'all'), place),
      )
      expect(error.next).to.equal(`npx hardhat receipt ${aggregate.pieceCid}`)
    }
  })

  it('is found out when a receipt is made up with skill', async () => {
    const [receipt] = (await receiptsFor(stored[0]?.root ?? '', local.context)).receipts
    if (receipt === undefined) throw new Error('there is no receipt')
    const { deal, client } = receipt
    const forged = [
      { ...receipt, deal: { ...deal, dealId: deal.dealId + 1 } },
      { ...receipt, deal: { ...deal, provider: 'f01001' } },
      { ...receipt, deal: { ...deal, activatedAt: (deal.activatedAt ?? 0) - 1 } },
      { ...receipt, client: { ...client, id: 't0999' } },
    ].map((other) => ({ ...other, sentence: sentenceOf(other) }))
    for (const other of forged) {
      const sealed = { ...other, digest: receiptDigest(other) }
      await verifyReceipt(sealed)
      await refused('RECEIPT_INVALID', verifyReceipt(sealed, { chain: chain() }))
    }
  })

  it('comes back alone from the provider when the depot is gone', async () => {
    const wanted = stored[7]
    const [receipt] = (await receiptsFor(wanted?.root ?? '', local.context)).receipts
    await rm(local.context.depot.folder, { recursive: true })
    const context = { ...local.context, depot: await openDepot(join(local.folder, 'empty')) }
    const target = join(local.folder, 'back')
    const retrieved = await retrieveReceipt(receipt, target, context)
    expect(retrieved).to.deep.include({
      root: wanted?.root,
      source: 'f01000',
      files: 1,
      segment: {
        aggregate: aggregate.pieceCid,
        rawOffset: receipt?.segment.rawOffset,
        size: wanted?.size,
      },
    })
    const back = await readFile(join(target, 'file 4'))
    expect(Buffer.compare(back, contentOf(4))).to.equal(0)
    await writeFile(join(local.folder, 'receipt.json'), JSON.stringify(receipt))
  })

  it('has a receipt that is still sound when the deal is over, and says so', async () => {
    await mineTo(local.filecoin.provider, BigInt(endEpoch))
    const text = await readFile(join(local.folder, 'receipt.json'), 'utf8')
    const verified = await verifyReceipt(JSON.parse(text), { chain: chain() })
    expect(verified.deal.state).to.equal('ended')
    expect(verified.sentence).to.match(/ at f01000, ended on 20\d\d-\d\d-\d\d$/)
  })
})
