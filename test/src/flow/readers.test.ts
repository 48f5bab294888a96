import { expect } from 'chai'
import type { FetchRecord } from '../../../src/depot/fetch-record.ts'
import { readersOf } from '../../../src/flow/readers.ts'

const PIECE = 'baga6ea4seaqdomn3tgwgrh3g532zopskstnbrd2n3sxfqbze7rxt7vqn7veigmy'

function record(changes: Partial<FetchRecord>): FetchRecord {
  const sent: FetchRecord['sent'] = [[0, 100]]
  return { pieceCid: PIECE, size: 1000, from: '10.1.2.3', sent, first: 5, last: 6, ...changes }
}

const read = (records: readonly FetchRecord[], pushed: readonly bigint[] = [1000n], since = 0) =>
  readersOf(records, { pieceCid: PIECE, pushed: new Set(pushed), since })

describe('flow/readers', () => {
  it('takes a name for one only where it was pushed to, in whatever spelling', () => {
    const names = ['f01000', 't01000', 'f00001000', 'f0999', 'f01000; drop', undefined]
    const readers = names.map((by) => read([record({ by })]).map((one) => [one.by, one.reader]))
    const [known, nobody] = [[['f01000', 'f01000']], [[undefined, 'somebody-1']]]
    expect(readers).to.deep.equal([known, known, known, nobody, nobody, nobody])
    expect(read([record({ by: 'f01000' }), record({ by: 'f00001000' })])).to.have.length(1)
  })

  it('takes all names of one address that nobody was given for one reader', () => {
    const all = Array.from({ length: 500 }, (_, index) =>
      record({ by: `f0${2000 + index}`, sent: [[index, index + 1]] }),
    )
    expect(read(all).map(({ reader, bytes }) => [reader, bytes])).to.deep.equal([
      ['somebody-1', 500],
    ])
  })

  it('tells a few strangers apart, and of all others the furthest, as they came', () => {
    const crowd = Array.from({ length: 300 }, (_, index) =>
      record({
        from: `10.9.${index >> 8}.${index & 255}`,
        first: 100 + index,
        last: 900,
        sent: [],
      }),
    )
    const far = record({ from: '10.1.2.4', first: 2000, last: 2000, sent: [[0, 620]] })
    const named = record({ by: 'f01000', first: 3000, last: 3000 })
    const readers = read([far, ...crowd, named])
    expect(readers.map(({ reader, from, others }) => [reader, from, others])).to.deep.equal([
      ['f01000', '10.1.2.3', undefined],
      ['somebody-1', '10.9.0.0', undefined],
      ['somebody-2', '10.9.0.1', undefined],
      ['somebody-3', '10.9.0.2', undefined],
      ['somebody-4', '10.9.0.3', undefined],
      ['others', '10.1.2.4', 297],
    ])
    expect(readers.at(-1)?.bytes).to.equal(620)
  })

  it('leaves out other pieces, and what was before', () => {
    const other = record({ pieceCid: 'baga', by: 'f01000' })
    expect(read([other, record({ last: 9 })], [1000n], 10)).to.deep.equal([])
  })
})
