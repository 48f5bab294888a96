/** CARs that go-car wrote, as users bring them: CIDv0, raw leaves, identity CIDs, trickle layout (SOURCES.md §7). */
import { expect } from 'chai'
import { fromHex } from '../../../src/bytes/hex.ts'
import { prepareOne as prepare } from '../../support/prepare-one.ts'
import { vectors } from '../../support/vectors.ts'
import { refused } from '../../support/refused.ts'
import { FolderSink, Scratch } from './folder-sink.ts'

const peer = vectors<{
  cars: { name: string; root: string; files: number; car: string }[]
  version2: string
}>('peer-cars')

describe('CARs of go-car', () => {
  let scratch: Scratch
  beforeEach(() => {
    scratch = new Scratch()
  })
  afterEach(() => scratch.remove())

  for (const { name, root, files, car } of peer.cars)
    it(`is taken: ${name}`, async () => {
      const path = scratch.file('made.car', fromHex(car))
      const piece = await prepare([path], new FolderSink(scratch.at('sink')))
      expect(piece).to.include({ root, files, size: fromHex(car).length })
    })

  it('CAR_INVALID: version 2, saying which version is wanted', async () => {
    const path = scratch.file('made.car', fromHex(peer.version2))
    const sink = new FolderSink(scratch.at('sink'))
    const error = await refused('CAR_INVALID', prepare([path], sink))
    expect(error.message).to.include('version 2')
    expect(error.hint).to.include('version 1')
    expect(sink.contents()).to.deep.equal([])
  })
})
