import { expect } from 'chai'
import { depotPage, proposalsPage } from '../../../src/dashboard/lists.ts'
import { deal, facts, known, PIECE, piece, proposal, proposalId } from './support/sample.ts'

const all = { search: '', page: 1 }

describe('dashboard/lists', () => {
  const many = facts(Array.from({ length: 1000 }, (_, index) => proposal(index + 1)))
  const ids = (wanted: Parameters<typeof proposalsPage>[1], of = many) =>
    proposalsPage(of, wanted).rows.map((row) => row.proposalId)

  it('shows 25 of a thousand proposals, the newest first', () => {
    const { rows, found, page, pages } = proposalsPage(many, all)
    expect({ found, page, pages, rows: rows.length }).to.deep.equal({
      found: 1000,
      page: 1,
      pages: 40,
      rows: 25,
    })
    expect(rows[0]?.proposalId).to.equal(proposalId(1000))
    expect(rows[24]?.proposalId).to.equal(proposalId(976))
  })

  it('shows the last page when a later one is asked for', () => {
    expect(proposalsPage(many, { ...all, page: 99 })).to.include({ page: 40 })
    expect(ids({ ...all, page: 99 }).at(-1)).to.equal(proposalId(1))
  })

  it('finds by every word, in any letter case, in label, ids, provider and name', () => {
    expect(ids({ ...all, search: '  SAMPLE-77/ipfs ' })).to.deep.equal([proposalId(77)])
    expect(ids({ ...all, search: proposalId(500) })).to.deep.equal([proposalId(500)])
    expect(ids({ ...all, search: 'sample-77/ nothing' })).to.deep.equal([])
    const two = facts([
      proposal(1, { deals: [deal(7, 'active')] }),
      proposal(2, { pieceCid: PIECE }),
    ])
    expect(ids({ ...all, search: 'f01007' }, two)).to.deep.equal([proposalId(1)])
    expect(ids({ ...all, search: 'deal 7' }, two)).to.deep.equal([proposalId(1)])
    expect(ids({ ...all, search: 'Tides' }, two)).to.deep.equal([proposalId(2)])
  })

  it('keeps those that stand as wanted', () => {
    const two = facts([proposal(1), proposal(2, { state: 'cancelled' })])
    expect(ids({ ...all, standing: 'over' }, two)).to.deep.equal([proposalId(2)])
    expect(ids({ ...all, standing: 'stored' }, two)).to.deep.equal([])
  })

  it('is an empty page before anything is known', () => {
    const nothing = { value: undefined, at: undefined, problem: undefined }
    expect(proposalsPage(facts([], { chain: nothing }), all)).to.include({ found: 0, pages: 1 })
    expect(depotPage(facts([], { depot: nothing }), all)).to.include({ found: 0, pages: 1 })
  })

  it('tells of each piece which deals have it', () => {
    const other = {
      ...piece,
      name: 'a first one',
      pieceCid: 'baga6ea4other',
      pieceCidV2: 'bafkzother',
    }
    const one = facts(
      [
        proposal(1, { pieceCid: PIECE, deals: [deal(1, 'active'), deal(2, 'published')] }),
        proposal(2, { pieceCid: PIECE }),
      ],
      { depot: known([piece, other]) },
    )
    expect(
      depotPage(one, all).rows.map(({ name, proposals, active }) => [name, proposals, active]),
    ).to.deep.equal([
      ['a first one', 0, 0],
      ['tides of the year', 2, 1],
    ])
    expect(depotPage(one, { ...all, search: 'tides' }).found).to.equal(1)
  })
})
