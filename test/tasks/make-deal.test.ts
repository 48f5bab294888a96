import { expect } from 'chai'
import { NETWORKS } from '../../src/chain/networks.ts'
import { StorageError } from '../../src/errors.ts'
import type { MakeDealRequest } from '../../src/flow/make-deal.ts'
import { type MakeDealPorts, proposeDeal, showPlan } from '../../tasks/make-deal.ts'
import { actJson, actPlain } from './support/act.ts'
import { wish } from './support/wish.ts'
import { PLAN, PROPOSAL_ID, PROPOSED, ROOT } from './support/documents.ts'

function rig(change: Partial<MakeDealPorts> = {}) {
  const requests: MakeDealRequest[] = []
  const ports: MakeDealPorts = {
    network: NETWORKS.localnet,
    name: 'localnet',
    depotUrl: 'http://127.0.0.1:3300',
    makeDeal: async (request) => {
      requests.push(request)
      return PROPOSED
    },
    ...change,
  }
  return { requests, ports }
}

const plan = async () => PLAN

describe('tasks/make-deal', () => {
  it('prints the proposed document', async () => {
    const { ports, requests } = rig()
    const { document, io } = await actJson((run) =>
      proposeDeal({ yes: false }, wish({ file: 'a' }), run, ports),
    )
    expect(document).to.deep.equal(JSON.parse(JSON.stringify(PROPOSED)))
    expect(io.exitCode()).to.equal(0)
    expect(requests[0]).to.include({ everyMs: 500 })
  })

  it('prints the id of the proposal, not of the event, in what a person reads and in the next command', async () => {
    const { ports } = rig()
    const io = await actPlain((run) => proposeDeal({ yes: false }, wish({ file: 'a' }), run, ports))
    expect(io.out()).to.include(`proposal     ${PROPOSAL_ID}\n`)
    expect(io.out()).to.include(`Next: npx hardhat deals ${PROPOSAL_ID} --network localnet\n`)
    expect(io.out()).to.include('52.56 microFIL in all')
  })

  it('shows what named providers answered, and exit code 2 with what comes next when all refused', async () => {
    const { ports } = rig()
    const after = (...outcomes: ('accepted' | 'refused' | 'unreachable')[]) =>
      actPlain((run) =>
        proposeDeal({ yes: false }, wish({ file: 'a' }), run, {
          ...ports,
          makeDeal: () => Promise.resolve({ ...PROPOSED, proposals: answered(...outcomes) }),
        }),
      )
    const none = await after('refused', 'refused')
    expect(none.exitCode()).to.equal(2)
    expect(none.out()).to.include('f01001  refused it: client not allowed by provider\n')
    expect(none.out()).to.include('Ask it to add the client contract')
    expect(none.out()).to.include(`Next: npx hardhat push ${PROPOSAL_ID} --network localnet\n`)
    for (const io of [await after('refused', 'accepted'), await after('refused', 'unreachable')]) {
      expect(io.exitCode()).to.equal(0)
      expect(io.out()).to.include(`Next: npx hardhat deals ${PROPOSAL_ID} --network localnet\n`)
    }
  })

  it('names the command that fetches it back after a wait', async () => {
    const { ports } = rig()
    const io = await actPlain((run) =>
      proposeDeal({ yes: false }, wish({ file: 'a', wait: true }), run, ports),
    )
    expect(io.out()).to.include(`Next: npx hardhat retrieve ${ROOT} --network localnet\n`)
  })

  it('names the command for receipts after a wait for an aggregate, which has no root', async () => {
    const { ports } = rig()
    const proposals = PROPOSED.proposals.map((one) => ({
      ...one,
      label: `a-1/ipfs/${one.pieceCid}`,
    }))
    const makeDeal = () => Promise.resolve({ ...PROPOSED, proposals })
    const io = await actPlain((run) =>
      proposeDeal({ yes: false }, wish({ cid: 'a', wait: true }), run, { ...ports, makeDeal }),
    )
    const [{ pieceCid } = { pieceCid: '' }] = proposals
    expect(io.out()).to.include(`Next: npx hardhat receipt ${pieceCid} --network localnet\n`)
  })

  it('leaves it to the flow to count --start-in from the newest epoch', async () => {
    const { ports, requests } = rig()
    await actJson((run) =>
      proposeDeal({ yes: false }, wish({ file: 'a', startIn: '10' }), run, ports),
    )
    expect(requests[0]).to.include({ startInEpochs: 10n })
  })

  it('exits with 2 and names the way on when the wait ends after sending', async () => {
    const { ports } = rig({
      makeDeal: async (_request, onEvent) => {
        onEvent({ type: 'propose:sent', tx: '0x1' })
        onEvent({ type: 'propose:done', proposalId: PROPOSAL_ID, tx: '0x1' })
        throw new StorageError('DEADLINE', { what: 'no deal is active yet' })
      },
    })
    const { document, io } = await actJson((run) =>
      proposeDeal({ yes: false }, wish({ file: 'a' }), run, ports),
    )
    expect(document).to.deep.equal({
      version: 1,
      kind: 'error',
      code: 'DEADLINE',
      message: 'no deal is active yet',
      hint: 'The proposal stays on chain, and providers may still take it.',
      next: `npx hardhat deals ${PROPOSAL_ID} --network localnet`,
    })
    expect(io.exitCode()).to.equal(2)
  })

  it('exits with 1 when nothing was sent', async () => {
    const { ports } = rig({
      makeDeal: async () => {
        throw new StorageError('NO_MONEY', { what: 'too poor' })
      },
    })
    const { io } = await actJson((run) =>
      proposeDeal({ yes: false }, wish({ file: 'a' }), run, ports),
    )
    expect(io.exitCode()).to.equal(1)
  })

  describe('--dry-run', () => {
    it('prints the plan, and is done', async () => {
      const { ports } = rig()
      const { document, io } = await actJson(() =>
        showPlan(wish({ file: 'a', dryRun: true }), { ...ports, plan }),
      )
      expect(document).to.deep.equal(JSON.parse(JSON.stringify(PLAN)))
      expect(io.exitCode()).to.equal(0)
    })
    it('shows a person every field, with its dates, and that nothing is sent', async () => {
      const { ports } = rig({ network: { ...NETWORKS.localnet, genesis: 0 } })
      const io = await actPlain(() => showPlan(wish({ file: 'a' }), { ...ports, plan }))
      for (const shown of [
        'Nothing is sent. localnet, epoch 100 (1970-01-01 00:50 UTC)',
        'starts by   5,860 (1970-01-03 00:50 UTC)',
        'ends        1,057,060 (1971-01-03 00:50 UTC), after 365 d',
        'price       50 picoFIL per epoch',
        'collateral  provider 5 nanoFIL, client 1 nanoFIL',
        'publishers  f01000, f01001',
        'cost        53.56 microFIL for a replica, 107.12 microFIL for all',
        'sends       100 microFIL to 0x5FbDB2315678afecb367f032d93F642f64180aa3',
        'push        f01000: POST http://provider.example/market/mk12/store',
        'push        f01001 announces no HTTP address',
        'gas      at most 550 microFIL',
        '--max-total allows 1 FIL',
        'ask  f01000  50 picoFIL/GiB/epoch, pieces of 128 B to 32.0 GiB (a test)',
        'Note: f01000 asks for more.',
        'the owner, as the contract names it: no key was looked at',
      ])
        expect(io.out()).to.include(shown)
    })
    it('exits with 2 when the plan would be refused, and says why', async () => {
      const { ports } = rig()
      const refusal = { code: 'URL_INVALID', message: 'nobody gets there', hint: 'a', next: null }
      const refusedPlan = async () => ({ ...PLAN, refusal })
      const io = await actPlain(() =>
        showPlan(wish({ file: 'a' }), { ...ports, plan: refusedPlan }),
      )
      expect(io.out()).to.include('It would be refused: URL_INVALID: nobody gets there')
      expect(io.exitCode()).to.equal(2)
    })
    it('fails as the deal would where no provider could fetch', async () => {
      const { ports } = rig({ depotUrl: '' })
      const { document, io } = await actJson(() =>
        showPlan(wish({ file: 'a' }), { ...ports, plan }),
      )
      expect(document).to.include({ code: 'URL_INVALID' })
      expect(io.exitCode()).to.equal(1)
    })
  })

  describe('on the main network', () => {
    const main = { network: NETWORKS.filecoin, name: 'filecoin' }
    it('asks before it sends, and sends nothing when declined', async () => {
      const { ports, requests } = rig(main)
      const io = await actPlain(
        (run) => proposeDeal({ yes: false }, wish({ file: 'a' }), run, ports),
        { answer: false },
      )
      expect(io.exitCode()).to.equal(2)
      expect(requests).to.deep.equal([])
    })
    it('sends when confirmed, or with --yes', async () => {
      const { ports, requests } = rig(main)
      await actPlain((run) => proposeDeal({ yes: false }, wish({ file: 'a' }), run, ports), {
        answer: true,
      })
      await actJson((run) => proposeDeal({ yes: true }, wish({ file: 'a' }), run, ports))
      expect(requests).to.have.length(2)
      expect(requests[0]).to.not.have.property('everyMs')
    })
  })

  it('refuses to propose when no provider could fetch', async () => {
    const { ports } = rig({ network: NETWORKS.calibration, name: 'calibration', depotUrl: '' })
    const { document } = await actJson((run) =>
      proposeDeal({ yes: false }, wish({ file: 'a' }), run, ports),
    )
    expect(document).to.include({ code: 'URL_INVALID', next: 'npx hardhat depot --host 0.0.0.0' })
  })
})

function answered(...outcomes: ('accepted' | 'refused' | 'unreachable')[]) {
  return PROPOSED.proposals.map((one) => ({
    ...one,
    pushes: outcomes.map((outcome, index) => ({
      provider: `f0100${index}`,
      dealUuid: '11791286-dbca-80ea-8283-3515a5f12f39',
      url: 'http://127.0.0.1:1',
      at: '2026-01-01T00:00:00.000Z',
      outcome,
      reason: outcome === 'accepted' ? '' : 'client not allowed by provider',
    })),
  }))
}
