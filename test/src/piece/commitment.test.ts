import { expect } from 'chai'
import { commitmentOf } from '../../../src/piece/commitment.ts'
import { PieceHasher } from '../../../src/piece/hasher.ts'
import { pieceCidV2 } from '../../../src/piece/piece-cid.ts'
import { chunksOf, payload } from '../../support/payload.ts'
import { refused } from '../../support/refused.ts'

const bytes = payload({ type: 'sha256-counter', seed: 'commitment' }, 300_000)

async function* stream(): AsyncGenerator<Uint8Array> {
  yield* chunksOf(bytes, 7000)
}

describe('piece/commitment', () => {
  it('commits to the bytes of a stream', async () =>
    expect(pieceCidV2(await commitmentOf(stream()))).to.equal(
      pieceCidV2(new PieceHasher().update(bytes).digest()),
    ))

  it('commits the same on threads of its own, and ends them', async () =>
    expect(await commitmentOf(stream(), { threads: 2 })).to.deep.equal(
      await commitmentOf(stream()),
    ))

  it('stops when it is interrupted, and ends the stream', async () => {
    const abort = new AbortController()
    let ended = false
    async function* watched(): AsyncGenerator<Uint8Array> {
      try {
        yield bytes
        abort.abort(new Error('Ctrl-C'))
        yield bytes
      } finally {
        ended = true
      }
    }
    const error = await refused('ABORTED', commitmentOf(watched(), { signal: abort.signal }))
    expect(error.cause).to.equal(abort.signal.reason)
    expect(ended).to.equal(true)
  })

  it('passes on the error of the stream', async () => {
    const broken = new Error('disk')
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield bytes
      throw broken
    }
    const caught: unknown = await commitmentOf(failing()).catch((error: unknown) => error)
    expect(caught).to.equal(broken)
  })
})
