import { expect } from 'chai'
import type { FlowEvent } from '../../src/flow/events.ts'
import { createProgress } from '../../src/terminal/progress.ts'
import { followFlow } from '../../tasks/follow.ts'
import { PIECE, PROPOSAL_ID, ROOT } from './support/documents.ts'

function told(...events: FlowEvent[]): string[] {
  return toldSince(undefined, ...events)
}

function toldSince(genesis: number | undefined, ...events: FlowEvent[]): string[] {
  const lines: string[] = []
  const stream = { write: (text: string) => lines.push(text) }
  const progress = createProgress(stream, { isTerminal: false, now: () => 0 })
  for (const event of events) followFlow(event, progress, genesis)
  return lines
}

describe('tasks/follow', () => {
  it('closes the bar, without a word for work of a moment, when the piece is done', () => {
    const lines = told(
      { type: 'prepare:progress', bytes: 5, total: 10, file: 'a' },
      { type: 'prepare:progress', bytes: 10, total: 10, file: 'b' },
      { type: 'prepare:done', pieceCid: PIECE, root: ROOT, size: 300, files: 2 },
    )
    expect(lines).to.deep.equal([`prepared 2 files, 300 B: piece ${PIECE}\n`])
  })

  const told_: [FlowEvent, string][] = [
    [
      { type: 'deploy:done', contract: 'DealClient', address: '0x1', fresh: false },
      'DealClient was there already: 0x1',
    ],
    [
      { type: 'escrow:short', missing: 25n * 10n ** 17n },
      'the escrow lacks 2.5 FIL; it comes from your account',
    ],
    [
      { type: 'propose:done', proposalId: PROPOSAL_ID, tx: undefined },
      `an identical proposal is there already: ${PROPOSAL_ID}`,
    ],
    [
      {
        type: 'deal:published',
        proposalId: PROPOSAL_ID,
        dealId: 7n,
        provider: 1000n,
        epoch: 4_100_000n,
      },
      'provider f01000 published deal 7 at epoch 4,100,000',
    ],
    [
      { type: 'retrieve:refused', name: 'f01000', reason: 'no answer' },
      'f01000 is no source: no answer',
    ],
  ]
  it('gives an epoch its date where the genesis is known', () => {
    const active = {
      type: 'deal:active',
      proposalId: PROPOSAL_ID,
      dealId: 7n,
      provider: 1000n,
      epoch: 4_093_200n,
    } as const
    // `date -u -d @$((1667326380 + 4093200 * 30))`, from the genesis of Calibration.
    expect(toldSince(1_667_326_380, active)).to.deep.equal([
      'deal 7 with f01000 is active since epoch 4,093,200 (2026-09-23 00:13 UTC)\n',
    ])
  })

  for (const [event, line] of told_) {
    it(`says "${line.slice(0, 40)}…"`, () => expect(told(event)).to.deep.equal([`${line}\n`]))
  }
})
