import { expect } from 'chai'
import { NETWORKS } from '../../src/chain/networks.ts'
import { request, type RequestArguments, type RequestPorts } from '../../tasks/request.ts'
import { actJson, actPlain } from './support/act.ts'
import { PIECE_V2, ROOT } from './support/documents.ts'

const HUB = `0x${'ab'.repeat(20)}`
const ARGS: RequestArguments = {
  cid: PIECE_V2,
  hub: undefined,
  pay: undefined,
  deadline: '7d',
  storedFor: undefined,
  aggregator: undefined,
  yes: false,
  json: true,
}

function rig() {
  const asked: unknown[] = []
  const ports: RequestPorts = {
    network: NETWORKS.localnet,
    name: 'localnet',
    epoch: async () => 1_000n,
    hub: {
      address: HUB,
      submit: async (cid, terms, options) => {
        asked.push({ bytes: cid.length, terms, value: options?.value })
        options?.onSent?.('0x2')
        return { id: 4n, tx: '0x2', block: 1_001n, receipt: {} as never }
      },
    },
  }
  return { asked, ports }
}

describe('tasks/request', () => {
  it('asks without terms, and says the number of the request', async () => {
    const { asked, ports } = rig()
    const { document } = await actJson((run) => request(ARGS, run, ports))
    expect(document).to.deep.equal({
      version: 1,
      kind: 'requested',
      network: 'localnet',
      hub: HUB,
      id: '4',
      tx: '0x2',
      cid: PIECE_V2,
      payment: '0',
      deadline: null,
      storedUntil: 0,
    })
    const terms = { aggregator: undefined, deadline: undefined, storedUntil: undefined }
    expect(asked).to.deep.equal([{ bytes: 39, terms, value: 0n }])
  })

  it('offers a payment with a deadline and a time to be stored, from now', async () => {
    const { asked, ports } = rig()
    const args = { ...ARGS, cid: ROOT, pay: '2attoFIL', deadline: '1d', storedFor: '200d' }
    const io = await actPlain((run) => request({ ...args, aggregator: HUB }, run, ports))
    const terms = { aggregator: HUB, deadline: 1_000n + 2_880n, storedUntil: 1_000n + 576_000n }
    expect(asked).to.deep.equal([{ bytes: 36, terms, value: 2n }])
    expect(io.err()).to.include('transaction 0x2')
    expect(io.out()).to.include('Next: npx hardhat aggregator --once --network localnet\n')
  })

  it('sends nothing for what is no CID', async () => {
    const { asked, ports } = rig()
    const { document } = await actJson((run) => request({ ...ARGS, cid: 'x' }, run, ports))
    expect(document).to.include({ code: 'CID_INVALID' })
    expect(asked).to.deep.equal([])
  })
})
